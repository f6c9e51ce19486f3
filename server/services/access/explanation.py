""" "Why can't X enter?" answered by the one decider (design § 1.4), with what the policy of now would say."""

from pydantic import BaseModel
from sqlmodel import Session

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.explain import Objection as RuleObjection
from card_protocol.policy.explain import explain as explained
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.sentences import Sentences, sentence
from card_protocol.words.situation import NOTHING_KNOWN
from card_protocol.words.verdict import Presentation
from server.services.access import occupancy
from server.services.cards import cards, revocations
from server.services.policies import card_entries, heads, policy
from server.tables import PointRow

NO_UID = "00000000000000"


class Told(BaseModel):
    """A reason in three sentences and two languages: at the point, for the guard, for the admin."""

    display_zh: str
    display_en: str
    guard_zh: str
    guard_en: str
    admin_zh: str
    admin_en: str


class Objection(Told):
    """One rule that refuses, with what the guard should do and what the admin should know, in both languages."""

    order: int
    """Its place in the decider's table, from 1."""
    rule: str
    reason: Reason


class Explanation(Told):
    """What would happen, and from what it was decided."""

    card_id: str
    point: str
    at_ms: int
    granted: bool
    reason: Reason
    rule: str | None
    """The rule that refuses; None when none does."""
    level: str | None
    policy_version: int
    """The newest policy that was published to the gateway of the point; 0 when there is none."""
    card_state: str
    card_levels: list[str]
    levels_here: list[str]
    """The access levels that open this point."""
    valid_from_ms: int
    valid_to_ms: int
    objections: list[Objection]
    """Every rule that refuses, in order; the first gives the reason."""


def explain(
    session: Session,
    community: str,
    card_id: str,
    point: str,
    at_ms: int,
    *,
    shown: Presentation | None = None,
    uses: int = 0,
) -> Explanation:
    """Decide as a gateway with today's policy would, for a genuine card at a moment [ms]; Problem NOT_FOUND.

    `shown`: what was shown instead of the card itself. `uses`: how often it was let in where that is counted. Who is
    inside, the gateways have told. Partners, open doors and lockdowns are theirs to know, and object to nothing.
    """
    card = cards.get(session, card_id)
    head = heads.whole(session, community, at_ms, revocations.newest(session))
    entry = card_entries.one(session, card_id)
    presentation = shown or Presentation(uid=card.uid or NO_UID, assurance=Assurance.CARD, card_id=card_id)
    moment = Moment(wall_ms=at_ms, mono_ns=0, boot="server", clock=ClockQuality.SERVER)
    around = occupancy.situation(session, point, entry.holder, at_ms) if entry else NOTHING_KNOWN
    around = around.model_copy(update={"uses": uses})
    told = explained(presentation, point, MemoryBook(head, [entry] if entry else []), moment, around)
    verdict = told.verdict
    return Explanation(
        **_sentences(told.sentences),
        card_id=card_id,
        point=point,
        at_ms=at_ms,
        granted=verdict.granted,
        reason=verdict.reason,
        rule=verdict.rule,
        level=verdict.level,
        policy_version=_version_at(session, point),
        card_state=card.state,
        card_levels=card.levels,
        levels_here=[level.id for level in head.levels if point in level.points],
        valid_from_ms=card.valid_from_ms,
        valid_to_ms=card.valid_to_ms,
        objections=[_objection(found) for found in told.objections],
    )


def told_of(reason: Reason) -> Told:
    """The sentences of a reason."""
    return Told(**_sentences(sentence(reason)))


def _version_at(session: Session, point: str) -> int:
    row = session.get(PointRow, point)
    newest = policy.newest(session, row.gateway_id) if row is not None and row.gateway_id is not None else None
    return newest.version if newest is not None else 0


def _objection(found: RuleObjection) -> Objection:
    return Objection(**_sentences(found.sentences), order=found.order, rule=found.rule, reason=found.reason)


def _sentences(told: Sentences) -> dict[str, str]:
    named = {"display": told.display, "guard": told.guard, "admin": told.admin}
    return {f"{whom}_{language}": getattr(said, language) for whom, said in named.items() for language in ("zh", "en")}
