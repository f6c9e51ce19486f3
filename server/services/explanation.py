""" "Why can't X enter?" answered by the one decider (design § 1.4), with what the policy of now would say."""

from pydantic import BaseModel
from sqlmodel import Session

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.explain import explain as explained
from card_protocol.policy.rules import PolicyHead
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Presentation
from server.services import access, card_entries, cards, revocations
from server.services.revocations import POLICY_LIFE_MS

NO_UID = "00000000000000"


class Objection(BaseModel):
    """One rule that refuses, with what the guard should do and what the admin should know, in both languages."""

    order: int
    """Its place in the decider's table, from 1."""
    rule: str
    reason: Reason
    guard_zh: str
    guard_en: str
    admin_zh: str
    admin_en: str


class Explanation(BaseModel):
    """What would happen, and from what it was decided."""

    card_id: str
    point: str
    at_ms: int
    granted: bool
    reason: Reason
    level: str | None
    card_state: str
    card_levels: list[str]
    levels_here: list[str]
    """The access levels that open this point."""
    valid_from_ms: int
    valid_to_ms: int
    objections: list[Objection]
    """Every rule that refuses, in order; the first gives the reason."""


def explain(session: Session, community: str, card_id: str, point: str, at_ms: int) -> Explanation:
    """Decide as a gateway with today's policy would, for a genuine card at a moment [ms]; Problem NOT_FOUND."""
    card = cards.get(session, card_id)
    levels = access.levels(session)
    head = PolicyHead(
        version=1,
        community=community,
        issued_ms=at_ms,
        expires_ms=at_ms + POLICY_LIFE_MS,
        rev_seq=revocations.newest(session),
        points=tuple(access.point_words(session)),
        levels=tuple(levels),
        schedules=tuple(access.schedules(session)),
        calendar=access.calendar_of(session),
        cards=1,
    )
    entry = card_entries.one(session, card_id)
    presentation = Presentation(uid=card.uid or NO_UID, assurance=Assurance.CARD, card_id=card_id)
    moment = Moment(wall_ms=at_ms, mono_ns=0, boot="server", clock=ClockQuality.SERVER)
    told = explained(presentation, point, MemoryBook(head, [entry] if entry else []), moment)
    verdict = told.verdict
    return Explanation(
        card_id=card_id,
        point=point,
        at_ms=at_ms,
        granted=verdict.granted,
        reason=verdict.reason,
        level=verdict.level,
        card_state=card.state,
        card_levels=card.levels,
        levels_here=[level.id for level in levels if point in level.points],
        valid_from_ms=card.valid_from_ms,
        valid_to_ms=card.valid_to_ms,
        objections=[
            Objection(
                order=found.order,
                rule=found.rule,
                reason=found.reason,
                guard_zh=found.sentences.guard.zh,
                guard_en=found.sentences.guard.en,
                admin_zh=found.sentences.admin.zh,
                admin_en=found.sentences.admin.en,
            )
            for found in told.objections
        ],
    )
