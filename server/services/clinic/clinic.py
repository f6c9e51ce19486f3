"""The clinic's day: a tap is an arrival, numbers are called, and the record is of those alone who consented to it."""

from collections.abc import Collection
from datetime import date

from pydantic import BaseModel
from sqlalchemy import func
from sqlmodel import Session, col, select

from card_protocol.words.event import Event
from card_protocol.words.moment import local_day_and_minute
from card_protocol.words.point import PointKind
from server.services.clinic import clinic_queue
from server.services.clinic.clinic_queue import ENDED, Move, Place, Ticket
from server.services.clinic.fhir_export import Arrival
from server.services.clinic.masking import masked
from server.services.people import consents
from server.services.people.consents import Purpose
from server.services.problems import Code, Problem, not_found
from server.services.work import Work
from server.tables import CardRow, ClinicTicketRow, HolderRow, PointRow

DAY_MAX_TICKETS = 2000
SHOWN_CALLED = 4


class TicketView(BaseModel):
    """A number. `name` is empty where nobody consented to the record."""

    id: str
    number: int
    point: str
    place: Place
    holder_id: str | None
    name: str
    house: str
    arrived_ms: int
    called_ms: int | None
    inside_ms: int | None
    ended_ms: int | None


class ScreenLine(BaseModel):
    """A number as the waiting room reads it: the name is masked."""

    number: int
    name: str
    place: Place


class ScreenView(BaseModel):
    """The screen: who is called (the newest first), and who waits, in their order."""

    called: list[ScreenLine]
    waiting: list[ScreenLine]


def points(session: Session) -> frozenset[str]:
    """Points at which a tap is an arrival."""
    return frozenset(session.exec(select(PointRow.id).where(PointRow.kind == PointKind.CLINIC.value)))


def hear(work: Work, event: Event, clinics: Collection[str]) -> None:
    """Somebody who was let in at a clinic has come. Who waits already, or has come on another day, gets no number."""
    if not event.granted or event.point not in clinics or event.card_id is None:
        return
    today = local_day_and_minute(work.now_ms)[0]
    if local_day_and_minute(event.wall_ms)[0] != today:
        return
    mine = select(ClinicTicketRow).where(
        ClinicTicketRow.point == event.point,
        ClinicTicketRow.day == today.isoformat(),
        ClinicTicketRow.card_id == event.card_id,
        col(ClinicTicketRow.place).not_in([place.value for place in ENDED]),
    )
    waiting = work.session.exec(mine).first()
    if waiting is not None:
        if waiting.place == Place.MISSED:
            _put(work, waiting, Move.RETURN)
        return
    card = work.session.get(CardRow, event.card_id)
    holder = card.holder_id if card else None
    if holder is not None and not consents.is_given(work.session, holder, Purpose.CLINIC):
        holder = None
    ticket = clinic_queue.arrived(_given_out(work.session, event.point or "", today), event.wall_ms)
    row = ClinicTicketRow(
        id=work.new_id(),
        point=event.point or "",
        day=today.isoformat(),
        number=ticket.number,
        holder_id=holder,
        card_id=event.card_id,
        place=ticket.place.value,
        arrived_ms=ticket.arrived_ms,
        since_ms=ticket.since_ms,
    )
    work.session.add(row)
    work.session.flush()
    work.tell("clinic", {})


def queue(session: Session, day: date, point: str | None = None) -> list[TicketView]:
    """All numbers of a day, in their order."""
    return _views(session, _rows(session, day, point))


def _views(session: Session, rows: list[ClinicTicketRow]) -> list[TicketView]:
    ids = {row.holder_id for row in rows if row.holder_id}
    people = {one.id: one for one in session.exec(select(HolderRow).where(col(HolderRow.id).in_(ids)))}
    return [_view(row, people.get(row.holder_id or "")) for row in rows]


def screen(session: Session, day: date, point: str | None = None) -> ScreenView:
    """What the waiting room may read."""
    rows = _rows(session, day, point)
    rows.sort(key=lambda row: clinic_queue.turn(_ticket(row)))
    tickets = _views(session, rows)
    called = sorted((t for t in tickets if t.place is Place.CALLED), key=lambda t: -(t.called_ms or 0))
    waiting = [t for t in tickets if t.place is Place.WAITING]
    return ScreenView(called=[_line(t) for t in called[:SHOWN_CALLED]], waiting=[_line(t) for t in waiting])


def _line(ticket: TicketView) -> ScreenLine:
    return ScreenLine(number=ticket.number, name=masked(ticket.name), place=ticket.place)


def call_next(work: Work, day: date, point: str | None = None) -> TicketView | None:
    """Call who has waited longest; None when nobody waits. Two rooms that call at once call two people."""
    work.take_turn("clinic.next")
    waiting = [(row, _ticket(row)) for row in _rows(work.session, day, point) if row.place == Place.WAITING]
    turn = clinic_queue.next_of([ticket for _, ticket in waiting])
    return next((_put(work, row, Move.CALL) for row, ticket in waiting if ticket is turn), None)


def move(work: Work, ticket_id: str, what: Move) -> TicketView:
    """Move a number. Problem NOT_FOUND, WRONG_STATE (somebody else has moved it)."""
    row = work.session.get(ClinicTicketRow, ticket_id, with_for_update=True)
    if row is None:
        raise not_found("ticket", ticket_id)
    return _put(work, row, what)


def arrivals(session: Session, day: date) -> list[Arrival]:
    """Of those who consented to the clinic's record."""
    found = []
    for row in _rows(session, day, None):
        person = session.get(HolderRow, row.holder_id) if row.holder_id else None
        if person is None or not consents.is_given(session, person.id, Purpose.CLINIC):
            continue
        place = Place(row.place)
        found.append(Arrival(row.id, person.pseudonym, person.name, place, row.arrived_ms, row.inside_ms, row.ended_ms))
    return found


def _put(work: Work, row: ClinicTicketRow, what: Move) -> TicketView:
    after = clinic_queue.move(_ticket(row), what, work.now_ms)
    if after is None:
        raise Problem(Code.WRONG_STATE, f"Number {row.number} is {row.place}.")
    row.place, row.since_ms = after.place.value, after.since_ms
    row.called_ms, row.inside_ms, row.ended_ms = after.called_ms, after.inside_ms, after.ended_ms
    if after.place in ENDED and row.holder_id is None:
        row.card_id = None
    work.session.add(row)
    work.session.flush()
    work.tell("clinic", {})
    return _view(row, work.session.get(HolderRow, row.holder_id) if row.holder_id else None)


def _rows(session: Session, day: date, point: str | None) -> list[ClinicTicketRow]:
    statement = select(ClinicTicketRow).where(ClinicTicketRow.day == day.isoformat())
    if point is not None:
        statement = statement.where(ClinicTicketRow.point == point)
    return list(session.exec(statement.order_by(col(ClinicTicketRow.number)).limit(DAY_MAX_TICKETS)))


def _given_out(session: Session, point: str, day: date) -> int:
    here = (col(ClinicTicketRow.point) == point) & (col(ClinicTicketRow.day) == day.isoformat())
    return session.scalar(select(func.max(ClinicTicketRow.number)).where(here)) or 0


def _ticket(row: ClinicTicketRow) -> Ticket:
    place = Place(row.place)
    return Ticket(row.number, place, row.arrived_ms, row.since_ms, row.called_ms, row.inside_ms, row.ended_ms)


def _view(row: ClinicTicketRow, person: HolderRow | None) -> TicketView:
    fields = row.model_dump(include={"id", "number", "point", "arrived_ms", "called_ms", "inside_ms", "ended_ms"})
    who = {
        "holder_id": row.holder_id,
        "name": person.name if person else "",
        "house": (person.house or "") if person else "",
    }
    return TicketView(**fields, **who, place=Place(row.place))
