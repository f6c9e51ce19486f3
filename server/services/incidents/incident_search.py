"""Lists of incidents: what stands where, what is overdue, what may be the same as another."""

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from card_protocol.words.moment import DAY_MS
from server.services.incidents.incident_likeness import is_likely_same
from server.services.incidents.incident_rights import Viewer
from server.services.incidents.incident_views import IncidentView, view_of
from server.services.incidents.incident_words import IN_FULL, OPEN, VEILED, Matter, State
from server.services.paging import PAGE_DEFAULT_ITEMS, Page, bounded, cut, number_after
from server.services.people import finding
from server.services.people.cells import house_kept
from server.services.roles import ALLOWED, Permission, Role
from server.tables import IncidentRow

SAME_WITHIN_MS = 7 * DAY_MS
LOOKED_AT = 300
SAME_SHOWN = 5
NO_CLOCK = 2**62


class IncidentFilter(BaseModel):
    """Which."""

    state: State | None = None
    over: bool = False
    """Those that are closed or merged, instead of the open ones."""
    matter: Matter | None = None
    unit: str | None = Field(default=None, max_length=12)
    overdue: bool = False
    """Whose clock has run out, now or on the way."""
    q: str = Field(default="", max_length=100)
    """A number, words of the title, or whom it is about, for who may look people up."""


class Counts(BaseModel):
    """How many stand where, of what the viewer sees."""

    states: dict[State, int]
    overdue: int
    units: dict[str, int]


def listing(
    session: Session,
    viewer: Viewer,
    which: IncidentFilter,
    now_ms: int,
    *,
    after: str | None = None,
    limit: int = PAGE_DEFAULT_ITEMS,
) -> Page[IncidentView]:
    """Open ones by their clock, the soonest first; those that are over by their number, the newest first."""
    limit = bounded(limit)
    statement = _narrowed(session, viewer, which, now_ms)
    place = _place(after)
    if which.over or (which.state is not None and which.state not in OPEN):
        statement = statement.order_by(col(IncidentRow.number).desc())
        if place is not None:
            statement = statement.where(IncidentRow.number < place[1])
    else:
        due = func.coalesce(IncidentRow.due_ms, NO_CLOCK)
        statement = statement.order_by(due, col(IncidentRow.number))
        if place is not None:
            behind = and_(due == place[0], col(IncidentRow.number) > place[1])
            statement = statement.where(or_(due > place[0], behind))
    rows = list(session.exec(statement.limit(limit + 1)))
    keys = [f"{row.due_ms or 0}-{row.number}" for row in rows]
    page = cut(rows, limit, keys)
    views = (view_of(row, viewer) for row in page.items)
    return Page(items=[view for view in views if view is not None], next=page.next)


def counts(session: Session, viewer: Viewer, now_ms: int) -> Counts:
    """For the head of the board."""
    seen = col(IncidentRow.matter).in_([matter.value for matter in _matters(viewer)])
    here = (seen, col(IncidentRow.state).in_(OPEN))
    by_state = session.exec(select(IncidentRow.state, func.count()).where(*here).group_by(IncidentRow.state)).all()
    by_unit = session.exec(select(IncidentRow.unit, func.count()).where(*here).group_by(IncidentRow.unit)).all()
    late = select(func.count()).select_from(IncidentRow).where(*here, _late(now_ms))
    found = {State(state): count for state, count in by_state}
    return Counts(
        states={state: found.get(state, 0) for state in State if state in OPEN},
        overdue=session.exec(late).one(),
        units=dict(by_unit),
    )


def likely_same(
    session: Session, viewer: Viewer, title: str, point: str | None, house: str, now_ms: int, *, but: int | None = None
) -> list[IncidentView]:
    """Open ones of the last days that may be the same thing, the newest first; of what the viewer reads in full.

    `house` is in any writing.
    """
    lives = house_kept(house)
    full = [matter.value for matter in IN_FULL.get(viewer.role, frozenset())]
    recent = (
        select(IncidentRow)
        .where(col(IncidentRow.state).in_(OPEN), col(IncidentRow.matter).in_(full))
        .where(IncidentRow.reported_ms > now_ms - SAME_WITHIN_MS)
        .order_by(col(IncidentRow.number).desc())
        .limit(LOOKED_AT)
    )
    same = [
        row
        for row in session.exec(recent)
        if row.number != but and is_likely_same(title, point, lives, row.title, row.point, row.house)
    ]
    views = (view_of(row, viewer) for row in same[:SAME_SHOWN])
    return [view for view in views if view is not None]


def _narrowed(session: Session, viewer: Viewer, which: IncidentFilter, now_ms: int) -> SelectOfScalar[IncidentRow]:
    matters, text = _matters(viewer), which.q.strip()
    number = number_after(text)
    if text and number is None:
        # Who sees something veiled must not find out its words by searching for them.
        matters = IN_FULL.get(viewer.role, frozenset())
    statement = select(IncidentRow).where(col(IncidentRow.matter).in_([matter.value for matter in matters]))
    if which.state is not None:
        statement = statement.where(IncidentRow.state == which.state.value)
    elif which.over:
        statement = statement.where(col(IncidentRow.state).not_in(OPEN))
    else:
        statement = statement.where(col(IncidentRow.state).in_(OPEN))
    if which.matter is not None:
        statement = statement.where(IncidentRow.matter == which.matter.value)
    if which.unit:
        statement = statement.where(IncidentRow.unit == which.unit)
    if which.overdue:
        statement = statement.where(_late(now_ms))
    if number is not None:
        statement = statement.where(IncidentRow.number == number)
    elif text:
        told = col(IncidentRow.title).contains(text, autoescape=True)
        if Permission.HOLDERS_READ in ALLOWED[viewer.role]:
            told = told | finding.fits(session, col(IncidentRow.holder_id), text)
        statement = statement.where(told)
    return statement


def _late(now_ms: int) -> ColumnElement[bool]:
    return or_(col(IncidentRow.overdue) > 0, col(IncidentRow.due_ms) <= now_ms)


def _matters(viewer: Viewer) -> frozenset[Matter]:
    if viewer.role is Role.SYSTEM:
        return frozenset(Matter)
    return IN_FULL.get(viewer.role, frozenset()) | VEILED.get(viewer.role, frozenset())


def _place(after: str | None) -> tuple[int, int] | None:
    """`next` of the page before; a place that is none is the beginning."""
    due, _, number = (after or "").partition("-")
    due_ms, last = number_after(due), number_after(number)
    return None if due_ms is None or last is None else (due_ms, last)
