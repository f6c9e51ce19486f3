"""An event of somebody ends, its place in the chain stays: number and hash go to `event_gone` (PIPL art. 19, 47)."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, delete, or_, select

from card_protocol.words.event import EventKind
from card_protocol.words.point import PointKind
from server.services.privacy.aims import Aim
from server.services.sight import GATES, SENSITIVE
from server.services.work import Work
from server.tables import Row

PART_ROWS = 1000
"""Rows that one transaction removes."""

POINTS_OF: dict[Aim, frozenset[PointKind]] = {
    Aim.ACCESS: GATES,
    Aim.CARE: frozenset({PointKind.CARE, PointKind.HOME_VISIT}),
    Aim.CLINIC: frozenset({PointKind.CLINIC}),
    Aim.ACTIVITY: frozenset({PointKind.ACTIVITY}),
}
"""What happened at which kinds of points belongs to which purpose."""

_T = Row.metadata.tables


def at(kinds: Iterable[PointKind]) -> ColumnElement[bool]:
    """Events of people at points of these kinds; a point that is gone counts as a gate."""
    event, point, wanted = _T["event"], _T["point"], frozenset(kinds)
    of_people = or_(event.c.card_id.is_not(None), event.c.holder.is_not(None), event.c.kind == EventKind.TAP.value)
    here: ColumnElement[bool]
    if wanted & SENSITIVE:
        here = event.c.point.in_(select(point.c.id).where(point.c.kind.in_([kind.value for kind in wanted])))
    else:
        sensitive = select(point.c.id).where(point.c.kind.in_([kind.value for kind in SENSITIVE]))
        here = event.c.point.is_not(None) & event.c.point.not_in(sensitive)
    return of_people & here


def let_go(work: Work, *which: ColumnElement[bool], most: int = PART_ROWS) -> int:
    """Delete events, the oldest first, and keep what their proofs need; how many."""
    event, gone, session = _T["event"], _T["event_gone"], work.session
    columns = select(
        event.c.id.label("event_id"), event.c.gateway_id, event.c.epoch, event.c.seq, event.c.hash, event.c.received_ms
    )
    rows = session.execute(columns.where(*which).order_by(event.c.id).limit(most)).all()
    if not rows:
        return 0
    session.execute(gone.insert(), [{**row._mapping, "at_ms": work.now_ms} for row in rows])
    # With their time of arrival, so that PostgreSQL finds the months.
    span = event.c.received_ms.between(min(r.received_ms for r in rows), max(r.received_ms for r in rows))
    session.execute(delete(event).where(event.c.id.in_([row.event_id for row in rows]), span))
    return len(rows)
