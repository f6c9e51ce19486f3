"""Events for screens: searched by their columns, shown with the names that only the server knows."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from card_protocol.words.event import Event, EventKind
from card_protocol.words.point import PointKind
from card_protocol.words.reason import Reason
from server.services.access import access
from server.services.events.persons import Person, card_numbers, persons
from server.services.paging import PAGE_DEFAULT_ITEMS, Page, bounded, cut, number_after
from server.services.problems import not_found
from server.services.sight import EVERYTHING, SENSITIVE, Sight, is_veiled, veil
from server.tables import EventRow, PointRow
from server.tables.event import NOT_EVERYDAY, NOT_GRANTED, local_hour, to_event

SERVICE = (EventKind.SERVED, EventKind.PAYMENT_BEGUN, EventKind.PAYMENT_MADE, EventKind.EGRESS)
"""What people do all day beside their taps, when nothing goes wrong."""


class EventView(BaseModel):
    """One event with names. `id` is the order of arrival."""

    id: int
    gateway: str
    epoch: str
    seq: int
    kind: EventKind
    point: str | None
    card_id: str | None
    card_number: int | None
    uid: str | None
    holder_id: str | None
    name: str | None
    house: str | None
    reason: Reason | None
    granted: bool
    level: str | None
    policy_version: int | None
    wall_ms: int
    clock: str
    received_ms: int
    detail: dict[str, str | int]
    watch: str = ""
    """What the guard has to do when this person comes (services.people.watching)."""
    pictured: bool = False
    """Whether there is a portrait of them."""
    veiled: bool = False
    """Somebody was there; who, is not for the reader's role (services.sight)."""


class EventFilter(BaseModel):
    """Which events; None means any. Times are of the event's own clock [ms]."""

    gateway: str | None = None
    point: str | None = None
    gates: bool = False
    """Only at gates and doors: not where somebody is for the sake of health, care or an activity."""
    card_id: str | None = None
    kind: EventKind | None = None
    rare: bool = False
    """Only what does not come with every tap, visit or press of a button."""
    reason: Reason | None = None
    hour: int | None = None
    """Of the local day [0–23]."""
    from_ms: int | None = None
    to_ms: int | None = None


def query(
    session: Session,
    which: EventFilter,
    *,
    sight: Sight,
    after: str | None = None,
    limit: int = PAGE_DEFAULT_ITEMS,
) -> Page[EventView]:
    """Newest arrival first; of what the reader sees. Who asks for one card's events gets none that are veiled."""
    limit = bounded(limit)
    kinds = access.point_kinds(session)
    statement = select(EventRow).order_by(col(EventRow.id).desc()).limit(limit + 1)
    if sight != EVERYTHING:
        statement = statement.where(_seen(sight, kinds, who_matters=which.card_id is not None))
    for column, wanted in (
        (EventRow.gateway_id, which.gateway),
        (EventRow.point, which.point),
        (EventRow.card_id, which.card_id),
        (EventRow.kind, which.kind),
        (EventRow.reason, which.reason),
    ):
        if wanted is not None:
            statement = statement.where(col(column) == str(wanted))
    if which.gates:
        hidden = select(PointRow.id).where(col(PointRow.kind).in_(SENSITIVE))
        statement = statement.where(col(EventRow.point).not_in(hidden))
    if which.rare:
        statement = statement.where(NOT_EVERYDAY).where(col(EventRow.kind).not_in(SERVICE))
    if which.reason not in (None, Reason.GRANTED):
        statement = statement.where(NOT_GRANTED)
    if which.hour is not None:
        statement = statement.where(local_hour() == which.hour)
    if which.from_ms is not None:
        statement = statement.where(EventRow.wall_ms >= which.from_ms)
    if which.to_ms is not None:
        statement = statement.where(EventRow.wall_ms < which.to_ms)
    if (place := number_after(after)) is not None:
        statement = statement.where(col(EventRow.id) < place)
    found = (seen(view, sight, kinds) for view in views_of(session, list(session.exec(statement))))
    views = [view for view in found if view is not None]
    return cut(views, limit, [str(view.id) for view in views])


def get(session: Session, event_id: int, *, sight: Sight) -> EventView:
    """One event; Problem NOT_FOUND, also for one that the reader does not see."""
    row = session.get(EventRow, event_id)
    view = seen(views_of(session, [row])[0], sight, access.point_kinds(session)) if row is not None else None
    if view is None:
        raise not_found("event", event_id)
    return view


def seen(view: EventView, sight: Sight, kinds: Mapping[str, PointKind]) -> EventView | None:
    """The event as a reader sees it; None when it does not exist for them."""
    veiled = is_veiled(sight, view.point, kinds)
    if veiled is None:
        return None
    return veil(view) if veiled else view


def _seen(sight: Sight, kinds: Mapping[str, PointKind], *, who_matters: bool) -> ColumnElement[bool]:
    """The same as a condition: points that are seen, and events of no point."""
    if sight.veiled and not who_matters:
        hidden = [point for point in kinds if is_veiled(sight, point, kinds) is None]
        return or_(col(EventRow.point).is_(None), col(EventRow.point).not_in(hidden))
    open_to = [point for point in kinds if is_veiled(sight, point, kinds) is False]
    return or_(col(EventRow.point).is_(None), col(EventRow.point).in_(open_to))


def views_of(session: Session, rows: Sequence[EventRow]) -> list[EventView]:
    """Rows -> what a screen shows, in a few questions however many rows there are."""
    people = persons(session, {row.holder for row in rows if row.holder})
    numbers = card_numbers(session, {row.card_id for row in rows if row.card_id})
    return [_view(row, people.get(row.holder or ""), numbers.get(row.card_id or "")) for row in rows]


def _view(row: EventRow, person: Person | None, number: int | None) -> EventView:
    word: Event = to_event(row)
    shown: dict[str, Any] = word.model_dump(
        include={"kind", "point", "card_id", "uid", "reason", "level", "policy_version", "wall_ms", "clock", "detail"}
    )
    return EventView(
        **shown,
        id=row.id or 0,
        gateway=row.gateway_id,
        epoch=row.epoch,
        seq=row.seq,
        card_number=number,
        holder_id=person.id if person else None,
        name=person.name if person else None,
        house=person.house if person else None,
        granted=word.granted,
        received_ms=row.received_ms,
        watch=person.watch if person else "",
        pictured=person is not None and person.pictured,
    )
