"""Visitors' passes: who, to whom, which doors, which hours, how often.

A pass is a person, a card without a chip and, for each set of doors, an access level that all passes for it share: so
doors, decider, counting and revocation know nothing of visitors. The code that the visitor shows is signed for a
quarter of an hour at a time where it can be fetched anew, and for the whole visit where it is printed.
"""

from hashlib import sha256
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import func
from sqlmodel import Session, col, select

from card_protocol.crypto.signing import Sign
from card_protocol.policy.rules import Traits
from card_protocol.wire.pass_code import PassCode, encode_code
from card_protocol.words.base import NUMBER_END
from card_protocol.words.card import CardState, may_become
from card_protocol.words.event import EventKind
from card_protocol.words.ids import Slug
from card_protocol.words.moment import DAY_MS, WallMs
from card_protocol.words.point import Direction
from card_protocol.words.reason import Reason
from card_protocol.words.schedule import always
from server.services import audit
from server.services.access import access
from server.services.access.access import LevelIn
from server.services.cards import cards
from server.services.people import holders
from server.services.people.holders import HolderIn, HolderKind
from server.services.problems import Code, Problem, not_found
from server.services.property.passes import OPEN_KINDS
from server.services.work import Work
from server.tables import AccessLevelRow, CardRow, EventRow, PointRow, ScheduleRow, VisitorPassRow

COUNTER = "visitor_pass"
SCHEDULE = "visitors"
LEVEL_BEGINS = "visit-"
"""How the access levels of passes begin."""
VISIT_MAX_MS = 7 * DAY_MS
USES_MAX = 50
CODE_LIFE_MS = 15 * 60_000
LINK_BYTES = 16
LISTING_MAX = 200
NAME_MAX_CHARS = 50
"""What the name of a level says of its doors."""

Words = StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^\P{Cc}*$")


class VisitorIn(BaseModel):
    """A pass as somebody enters it. Hours are from `from_ms` (inclusive) to `to_ms` (exclusive)."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Words]
    host: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^\P{Cc}*$")] = ""
    """The house that is visited."""
    points: Annotated[frozenset[Slug], Field(min_length=1, max_length=64)]
    from_ms: WallMs
    to_ms: WallMs
    uses: Annotated[int, Field(ge=1, le=USES_MAX)] = 2
    """How often it lets in, over all gateways; one that is offline counts for itself. Going out is not counted."""


class VisitorView(BaseModel):
    """A pass as it stands."""

    number: int
    holder_id: str | None
    card_id: str | None
    name: str
    host: str
    points: list[str]
    level_id: str
    uses: int
    used: int
    """How often it has let in, at all gateways together and at the gate house."""
    from_ms: int
    to_ms: int
    ended_ms: int | None
    ended_why: str
    made_by: str
    valid: bool


def make(work: Work, community: str, given: VisitorIn) -> tuple[VisitorView, str]:
    """The pass, and the secret of the visitor's page. Problem INVALID for hours or points that will not do."""
    if not given.from_ms < given.to_ms <= given.from_ms + VISIT_MAX_MS or given.to_ms <= work.now_ms:
        raise Problem(Code.INVALID, "A visit is of at most 7 days and is not over yet.", fields={"to_ms": "hours"})
    kinds = dict(work.session.exec(select(PointRow.id, PointRow.kind).where(col(PointRow.id).in_(given.points))).all())
    if wrong := sorted(point for point in given.points if kinds.get(point) not in OPEN_KINDS):
        raise Problem(Code.INVALID, f"No doors: {', '.join(wrong)}.", fields={"points": "no doors"})
    person = holders.add(work, community, HolderIn(name=given.name, kind=HolderKind.VISITOR))
    level = _level_for(work, given.points)
    card = cards.add_without_chip(
        work,
        person.id,
        [level],
        Traits(uses=given.uses),
        valid_from_ms=given.from_ms,
        valid_to_ms=given.to_ms,
    )
    row = VisitorPassRow(
        number=work.next_number(COUNTER),
        holder_id=person.id,
        card_id=card.id,
        level_id=level,
        link=work.entropy(LINK_BYTES).hex(),
        points=sorted(given.points),
        **given.model_dump(exclude={"points"}),
        made_by=work.actor.name,
        made_ms=work.now_ms,
    )
    work.session.add(row)
    work.session.flush()
    told = {"holder": person.id, "points": row.points, "from_ms": row.from_ms, "to_ms": row.to_ms, "uses": row.uses}
    audit.record(work, "visitor.make", f"visitor:{row.number}", after=told)
    return view_of(work.session, row, work.now_ms), row.link


def end(work: Work, number: int, why: str = "") -> VisitorView:
    """It opens nothing any more, from this moment. Problem NOT_FOUND, WRONG_STATE."""
    row = row_of(work.session, number)
    if row.ended_ms is not None:
        raise Problem(Code.WRONG_STATE, f"Pass {number} has ended already.")
    finish(work, row, why)
    return view_of(work.session, row, work.now_ms)


def finish(work: Work, row: VisitorPassRow, why: str) -> None:
    """Revoke what could still open something; what is over by its hours needs no revocation."""
    row.ended_ms, row.ended_why = work.now_ms, why[:200]
    work.session.add(row)
    card = work.session.get(CardRow, row.card_id) if row.card_id is not None else None
    if card is not None and work.now_ms < row.to_ms and may_become(CardState(card.state), CardState.REVOKED):
        cards.change_state(work, card.id, CardState.REVOKED, why=why)
    audit.record(work, "visitor.end", f"visitor:{row.number}", why=why)


def ways_out(session: Session, rows: list[VisitorPassRow]) -> dict[int, frozenset[str]]:
    """Number -> those of the pass's points that lead out."""
    outwards = set(session.exec(select(PointRow.id).where(PointRow.direction == Direction.OUT.value)))
    return {row.number: frozenset(outwards.intersection(row.points)) for row in rows}


def let_out_only(work: Work, row: VisitorPassRow, out: frozenset[str]) -> None:
    """It has let in as often as it may. Revoked, it would be refused at the way out as well, and alarm the guard."""
    row.level_id = _level_for(work, out)
    work.session.add(row)
    if row.card_id is not None:
        cards.set_rights(work, row.card_id, [row.level_id], valid_to_ms=row.to_ms)


def code_of(session: Session, number: int, sign: Sign, now_ms: int, *, printed: bool = False) -> str:
    """The text of the QR code, good for CODE_LIFE_MS, `printed` for the whole visit. Problem WRONG_STATE."""
    row = row_of(session, number)
    if row.card_id is None or row.ended_ms is not None or now_ms >= row.to_ms:
        raise Problem(Code.WRONG_STATE, f"Pass {number} is over.")
    start = row.from_ms if printed else max(row.from_ms, now_ms)
    end_ = row.to_ms if printed else min(row.to_ms, start + CODE_LIFE_MS)
    # Whole seconds that hold all of it; what is outside the visit the policy refuses.
    return encode_code(PassCode(card_id=row.card_id, from_ms=start // 1000 * 1000, to_ms=-(-end_ // 1000) * 1000), sign)


def get(session: Session, number: int, now_ms: int) -> VisitorView:
    """One; Problem NOT_FOUND."""
    return view_of(session, row_of(session, number), now_ms)


def of_card(session: Session, card_id: str) -> VisitorPassRow:
    """Whose code it is; Problem NOT_FOUND."""
    row = session.exec(select(VisitorPassRow).where(VisitorPassRow.card_id == card_id)).first()
    if row is None:
        raise not_found("visitor's pass", card_id)
    return row


def by_link(session: Session, link: str) -> VisitorPassRow:
    """Whose page it is; Problem NOT_FOUND."""
    row = session.exec(select(VisitorPassRow).where(VisitorPassRow.link == link)).first()
    if row is None:
        raise not_found("pass", "of this address")
    return row


def row_of(session: Session, number: int) -> VisitorPassRow:
    """Problem NOT_FOUND."""
    row = session.get(VisitorPassRow, number) if 0 < number < NUMBER_END else None
    if row is None:
        raise not_found("visitor's pass", number)
    return row


def listing(
    session: Session, now_ms: int, *, over: bool = False, before: int | None = None, limit: int = LISTING_MAX
) -> list[VisitorView]:
    """Passes that are good now or later, or those that are over; the newest first. `before`: a number."""
    past = (col(VisitorPassRow.to_ms) <= now_ms) | col(VisitorPassRow.ended_ms).is_not(None)
    statement = select(VisitorPassRow).where(past if over else ~past)
    if before is not None:
        statement = statement.where(VisitorPassRow.number < before)
    rows = list(session.exec(statement.order_by(col(VisitorPassRow.number).desc()).limit(limit)))
    used = used_of(session, rows)
    return [_view(row, used.get(row.card_id or "", 0), now_ms) for row in rows]


def used_of(session: Session, rows: list[VisitorPassRow]) -> dict[str, int]:
    """Card -> how often it was let in, at any gateway; going out is not counted."""
    outwards = select(PointRow.id).where(PointRow.direction == Direction.OUT.value)
    counted = (
        select(EventRow.card_id, func.count())
        .where(
            col(EventRow.card_id).in_([row.card_id for row in rows if row.card_id is not None]),
            EventRow.kind == EventKind.TAP.value,
            EventRow.reason == Reason.GRANTED.value,
            col(EventRow.point).not_in(outwards),
        )
        .group_by(col(EventRow.card_id))
    )
    return {str(card): count for card, count in session.exec(counted)}


def view_of(session: Session, row: VisitorPassRow, now_ms: int) -> VisitorView:
    """Row -> what a screen shows."""
    return _view(row, used_of(session, [row]).get(row.card_id or "", 0), now_ms)


def _view(row: VisitorPassRow, used: int, now_ms: int) -> VisitorView:
    known = row.model_dump(include=set(VisitorView.model_fields))
    valid = row.ended_ms is None and row.from_ms <= now_ms < row.to_ms
    return VisitorView.model_validate(known | {"used": used + row.let_in, "valid": valid})


def level_of(points: frozenset[str]) -> str:
    """What the access level of a set of doors is called."""
    return f"{LEVEL_BEGINS}{sha256(' '.join(sorted(points)).encode()).hexdigest()[:12]}"


def _level_for(work: Work, points: frozenset[str]) -> str:
    """The access level of this set of doors, made when it is the first time; with other doors it was not this one's."""
    work.take_turn(SCHEDULE)
    _have_hours(work)
    level_id = level_of(points)
    known = work.session.get(AccessLevelRow, level_id)
    ids = ", ".join(sorted(points))[:60]
    right = known is not None and access.level_of(work.session, level_id).points == points
    if known is None or not right or known.name_en == f"Visitors {ids}":  # as it once was called
        names = access.point_names(work.session)
        zh = _called([names[point][0] for point in sorted(points)], "访客：{}", "、")
        en = _called([names[point][1] for point in sorted(points)], "Visitors: {}", ", ")
        hours = known.schedule_id if known is not None else SCHEDULE
        access.set_level(work, LevelIn(id=level_id, name_zh=zh, name_en=en, points=points, schedule=hours))
    return level_id


def _have_hours(work: Work) -> None:
    """A schedule of visitors' own; one that is still called as any other gets its name."""
    plain, row = always(SCHEDULE), work.session.get(ScheduleRow, SCHEDULE)
    if row is None or (row.name_zh, row.name_en) == (plain.name_zh, plain.name_en):
        stands = access.schedule_of(work.session, SCHEDULE) if row is not None else plain
        access.set_schedule(work, stands.model_copy(update={"name_zh": "访客时段", "name_en": "Visitors' hours"}))


def _called(names: list[str], pattern: str, comma: str) -> str:
    """What fits of the names, in the pattern."""
    text = comma.join(names)
    return pattern.format(text if len(text) <= NAME_MAX_CHARS else text[: NAME_MAX_CHARS - 1] + "…")
