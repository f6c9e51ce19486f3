"""The pieces of a line of time: one function a kind, each the latest of it before a time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from card_protocol.words.event import EventKind
from card_protocol.words.moment import local_ms
from card_protocol.words.reason import Reason
from server.services.activities.activity_life import PARTY_KINDS
from server.services.care import home_visit
from server.services.care.home_visit import Tap
from server.services.events.events import EventView
from server.services.people.timeline_kinds import Kind
from server.tables import (
    ActivityRow,
    AttendanceRow,
    CardRow,
    CareCaseRow,
    CareStepRow,
    CareWatchRow,
    ClinicRecallRow,
    ClinicTicketRow,
    EventRow,
    HolderRow,
    PurseEntryRow,
    TicketRow,
)


@dataclass(frozen=True)
class Moment:
    """One thing that happened. Which fields are filled depends on its kind."""

    at_ms: int
    kind: Kind
    tap: EventView | None = None
    action: str = ""
    """Of the trail."""
    actor: str = ""
    why: str = ""
    card_id: str | None = None
    card_number: int | None = None
    code: str = ""
    """A word of a closed list: a deed, a place in the queue, a state."""
    text: str = ""
    """What people wrote, or a name."""
    number: int | None = None
    """Of a ticket, an incident, a place in a queue; fen of a meal; minutes of a visit."""
    state: str = ""
    """Of the activity that somebody was invited to."""


Piece = Callable[[Session, HolderRow, int, int], list[Moment]]
"""(session, who, before which time [ms], at most) -> moments, in any order."""


def visits(session: Session, who: HolderRow, before_ms: int, most: int) -> list[Moment]:
    """Workers who tapped at the point of their home; they themselves only came home."""
    watch = session.get(CareWatchRow, who.id)
    if watch is None or watch.home_point is None:
        return []
    taps = select(EventRow.card_id, EventRow.point, EventRow.wall_ms).where(
        EventRow.point == watch.home_point,
        EventRow.kind == EventKind.TAP.value,
        EventRow.reason == Reason.GRANTED.value,
        EventRow.wall_ms < before_ms,
        EventRow.wall_ms >= watch.since_ms,
    )
    rows = session.exec(taps.order_by(col(EventRow.id).desc()).limit(2 * most)).all()
    proofs = home_visit.proofs(Tap(card or "", point or "", at_ms) for card, point, at_ms in rows)
    found = []
    for proof in proofs:
        card = session.get(CardRow, proof.worker)
        worker = session.get(HolderRow, card.holder_id) if card and card.holder_id else None
        if worker is who:
            continue
        minutes = None if proof.duration_ms is None else proof.duration_ms // 60_000
        found.append(Moment(proof.came_ms, Kind.VISIT, text=worker.name if worker else "", number=minutes))
    return found


def care(session: Session, who: HolderRow, before_ms: int, most: int) -> list[Moment]:
    """Cases of not being seen, step by step."""
    steps = (
        select(CareStepRow)
        .join(CareCaseRow, col(CareCaseRow.id) == col(CareStepRow.case_id))
        .where(CareCaseRow.holder_id == who.id, CareStepRow.at_ms < before_ms)
        .order_by(col(CareStepRow.at_ms).desc())
        .limit(most)
    )
    return [
        Moment(step.at_ms, Kind.CARE, code=step.deed, actor=step.actor, why=step.note) for step in session.exec(steps)
    ]


def meals(session: Session, who: HolderRow, before_ms: int, most: int) -> list[Moment]:
    """What was paid at the stations [fen]."""
    paid = select(PurseEntryRow).where(
        PurseEntryRow.holder_id == who.id, PurseEntryRow.amount < 0, PurseEntryRow.at_ms < before_ms
    )
    rows = session.exec(paid.order_by(col(PurseEntryRow.at_ms).desc()).limit(most))
    return [Moment(row.at_ms, Kind.MEAL, code=row.point, number=-row.amount) for row in rows]


def clinic(session: Session, who: HolderRow, before_ms: int, most: int) -> list[Moment]:
    """Arrivals, with where they ended."""
    came = select(ClinicTicketRow).where(ClinicTicketRow.holder_id == who.id, ClinicTicketRow.arrived_ms < before_ms)
    rows = session.exec(came.order_by(col(ClinicTicketRow.arrived_ms).desc()).limit(most))
    return [Moment(row.arrived_ms, Kind.CLINIC, code=row.place, number=row.number) for row in rows]


def recalls(session: Session, who: HolderRow, before_ms: int, most: int) -> list[Moment]:
    """Who was to come again and came, on that day; who has not come yet, on the day that was said."""
    mine = select(ClinicRecallRow).where(ClinicRecallRow.holder_id == who.id)
    rows = session.exec(mine.order_by(col(ClinicRecallRow.due).desc()).limit(most))
    found = [
        Moment(
            local_ms(date.fromisoformat(row.done or row.due)),
            Kind.RECALL,
            code=row.kind,
            text=row.due,
            number=1 if row.done else 0,
        )
        for row in rows
    ]
    return [moment for moment in found if moment.at_ms < before_ms]


def _attended(kind: Kind, session: Session, who: HolderRow, before_ms: int, most: int) -> list[Moment]:
    of_party = col(ActivityRow.kind).in_([one.value for one in PARTY_KINDS])
    mine = (
        select(ActivityRow, AttendanceRow)
        .join(AttendanceRow, col(AttendanceRow.number) == col(ActivityRow.number))
        .where(AttendanceRow.holder_id == who.id, ActivityRow.from_ms < before_ms)
        .where(of_party if kind is Kind.PARTY else ~of_party)
    )
    rows = session.exec(mine.order_by(col(ActivityRow.from_ms).desc()).limit(most)).all()
    return [
        Moment(
            one.from_ms,
            kind,
            code=how.mark,
            text=one.title,
            number=one.number,
            state=one.state,
            actor=how.actor,
            why=how.why,
        )
        for one, how in rows
    ]


def activities(session: Session, who: HolderRow, before_ms: int, most: int) -> list[Moment]:
    """What they were invited to, and whether they came."""
    return _attended(Kind.ACTIVITY, session, who, before_ms, most)


def party(session: Session, who: HolderRow, before_ms: int, most: int) -> list[Moment]:
    """The same of meetings and classes of the Party."""
    return _attended(Kind.PARTY, session, who, before_ms, most)


def tickets(session: Session, who: HolderRow, before_ms: int, most: int) -> list[Moment]:
    """Of the house in which they live, since they were entered."""
    if not who.house:
        return []
    mine = select(TicketRow).where(
        TicketRow.house == who.house, TicketRow.opened_ms >= who.created_ms, TicketRow.opened_ms < before_ms
    )
    rows = session.exec(mine.order_by(col(TicketRow.opened_ms).desc()).limit(most))
    return [
        Moment(row.opened_ms, Kind.TICKET, code=row.state, text=row.title, number=row.number, actor=row.opened_by)
        for row in rows
    ]


PIECES: dict[Kind, Piece] = {
    Kind.VISIT: visits,
    Kind.CARE: care,
    Kind.MEAL: meals,
    Kind.CLINIC: clinic,
    Kind.RECALL: recalls,
    Kind.ACTIVITY: activities,
    Kind.PARTY: party,
    Kind.TICKET: tickets,
}
"""Kinds that come from tables of their own; taps, the trail and incidents depend on who looks (timeline)."""
