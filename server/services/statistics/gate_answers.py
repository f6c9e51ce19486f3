"""Answers about gates: which fail, when are the peaks, why are people refused, which cards lie in drawers."""

from collections.abc import Sequence

from pydantic import BaseModel
from sqlalchemy import Select, func, select
from sqlmodel import Session

from card_protocol.words.card import CardState
from card_protocol.words.event import EventKind
from card_protocol.words.moment import DAY_MS
from card_protocol.words.reason import Reason
from server.services.sight import SENSITIVE
from server.services.statistics.questions import Line
from server.tables import Row
from server.tables.event import NOT_EVERYDAY, local_hour

UNUSED_DAYS = 90
LIST_MAX = 500
HOURS = 24

FAULTS: dict[str, tuple[EventKind, ...]] = {
    "reader": (EventKind.READER_LOST,),
    "lock": (EventKind.LOCK_LOST,),
    "wires": (EventKind.DOOR_INPUT_FAULT, EventKind.DOOR_TAMPERED),
    "forced": (EventKind.DOOR_FORCED,),
    "held": (EventKind.DOOR_HELD,),
    "slow": (EventKind.COMMIT_LATE, EventKind.SYNC_STUCK),
}
"""Series of FAILING -> the events that are counted in it."""

_EVENT, _POINT, _CARD = (Row.metadata.tables[name] for name in ("event", "point", "card"))


class UnusedCard(BaseModel):
    """A card that nobody used for long."""

    id: str
    number: int
    holder_id: str | None
    name: str
    last_ms: int | None
    """None: never."""


def failing(session: Session, since_ms: int) -> list[Line]:
    """Per point how often each thing failed, the worst first."""
    kinds = [kind.value for several in FAULTS.values() for kind in several]
    counted = (
        select(_EVENT.c.point, _EVENT.c.kind, func.count())
        .where(NOT_EVERYDAY, _EVENT.c.kind.in_(kinds), _EVENT.c.wall_ms >= since_ms)
        .group_by(_EVENT.c.point, _EVENT.c.kind)
    )
    found: dict[str, dict[str, int]] = {}
    for point, kind, count in session.execute(counted):
        if point is not None:  # asked of the data base, SQLite would walk over all events by their points
            found.setdefault(point, {})[kind] = count
    lines = [
        Line(point, tuple(sum(of.get(kind.value, 0) for kind in several) for several in FAULTS.values()))
        for point, of in found.items()
    ]
    return sorted(lines, key=lambda line: (-sum(v or 0 for v in line.values), line.key))


def peaks(session: Session, since_ms: int) -> list[Line]:
    """Passages at gates and doors per hour of the local day, over the whole span."""
    hour = local_hour()
    taps = _gate_taps(since_ms).where(_EVENT.c.reason == Reason.GRANTED.value)
    counted = taps.with_only_columns(hour.label("hour"), func.count()).group_by(hour)
    found = {int(at): count for at, count in session.execute(counted)}
    return [Line(str(at), (found.get(at, 0),)) for at in range(HOURS)]


def refused(session: Session, since_ms: int) -> list[Line]:
    """Refusals at gates and doors by reason, the commonest first."""
    taps = _gate_taps(since_ms).where(_EVENT.c.reason != Reason.GRANTED.value)
    counted = taps.with_only_columns(_EVENT.c.reason, func.count()).group_by(_EVENT.c.reason)
    rows = sorted(session.execute(counted), key=lambda row: (-row[1], row[0]))
    return [Line(reason, (count,)) for reason, count in rows]


def unused(session: Session, now_ms: int) -> list[Line]:
    """Active cards: used within 90 days, not used for so long, never used at all."""
    since_ms = now_ms - UNUSED_DAYS * DAY_MS
    last = _last_uses().subquery()
    old = select(
        func.count().label("held"),
        func.count().filter(last.c.last_ms < since_ms).label("old"),
        func.count().filter(last.c.last_ms.is_(None), last.c.issued_ms < since_ms).label("never"),
    ).select_from(last)
    row = session.execute(old).one()
    return [Line("used", (row.held - row.old - row.never,)), Line("old", (row.old,)), Line("never", (row.never,))]


def unused_cards(session: Session, now_ms: int) -> list[UnusedCard]:
    """Which they are, the longest unused first."""
    since_ms = now_ms - UNUSED_DAYS * DAY_MS
    holder = Row.metadata.tables["holder"]
    last = _last_uses().subquery()
    columns = select(last.c.id, last.c.number, last.c.holder_id, holder.c.name, last.c.last_ms).select_from(
        last.join(holder, holder.c.id == last.c.holder_id, isouter=True)
    )
    idle = func.coalesce(last.c.last_ms, 0) < since_ms
    rows = columns.where(idle, last.c.issued_ms < since_ms).order_by(func.coalesce(last.c.last_ms, 0), last.c.number)
    return [
        UnusedCard(id=row.id, number=row.number, holder_id=row.holder_id, name=row.name or "", last_ms=row.last_ms)
        for row in session.execute(rows.limit(LIST_MAX))
    ]


def cards_of(session: Session, listed: Sequence[tuple[str, int | None]]) -> list[UnusedCard]:
    """Cards with their last use [ms], in this order: what is known of those that are still active."""
    holder = Row.metadata.tables["holder"]
    joined = _CARD.join(holder, holder.c.id == _CARD.c.holder_id, isouter=True)
    asked = (_CARD.c.id.in_([card for card, _ in listed]), _CARD.c.state == CardState.ACTIVE.value)
    rows = session.execute(
        select(_CARD.c.id, _CARD.c.number, _CARD.c.holder_id, holder.c.name).select_from(joined).where(*asked)
    )
    found = {row.id: row for row in rows}
    return [
        UnusedCard(id=row.id, number=row.number, holder_id=row.holder_id, name=row.name or "", last_ms=last_ms)
        for card, last_ms in listed
        if (row := found.get(card)) is not None
    ]


def _gate_taps(since_ms: int) -> Select[tuple[int]]:
    """Taps at gates and doors; what stands for health and care is not counted here."""
    hidden = select(_POINT.c.id).where(_POINT.c.kind.in_([kind.value for kind in SENSITIVE]))
    return select(_EVENT.c.id).where(
        _EVENT.c.wall_ms >= since_ms, _EVENT.c.kind == EventKind.TAP.value, _EVENT.c.point.not_in(hidden)
    )


def _last_uses() -> Select[tuple[str, int, str, int, int]]:
    """Active cards with the time of their newest event: one look into an index a card, however many events."""
    newest = select(func.max(_EVENT.c.id)).where(_EVENT.c.card_id == _CARD.c.id).correlate(_CARD).scalar_subquery()
    last_ms = select(_EVENT.c.wall_ms).where(_EVENT.c.id == newest).correlate(_CARD).scalar_subquery()
    issued = func.coalesce(_CARD.c.issued_ms, _CARD.c.created_ms).label("issued_ms")
    return select(_CARD.c.id, _CARD.c.number, _CARD.c.holder_id, issued, last_ms.label("last_ms")).where(
        _CARD.c.state == CardState.ACTIVE.value
    )
