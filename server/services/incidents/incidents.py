"""Incidents: reported, moved through their life (services.incidents.incident_life), and read by who may.

Every step is a row of the history and a line of the audit trail, in the transaction of the step. Two who act at once
meet at the row's lock: the second one is told that it has changed.
"""

from collections.abc import Iterable

from pydantic import BaseModel
from sqlmodel import Session, col, select

from server.services import audit, sight
from server.services.care import care_cases
from server.services.events import alarms, events
from server.services.incidents.incident_asked import DeedIn, ReportIn, Source, SourceKind
from server.services.incidents.incident_life import Deed, Incident, act
from server.services.incidents.incident_life import report as new_incident
from server.services.incidents.incident_rights import Viewer, is_veiled, may_do, open_actions
from server.services.incidents.incident_views import (
    IncidentView,
    StepView,
    incident_of,
    photos_of,
    steps_of,
    units_of,
    view_of,
    viewer_of,
    write,
)
from server.services.incidents.incident_words import OPEN, SENTENCES, Action, Matter, No, State
from server.services.paging import number_after
from server.services.problems import Code, Problem, not_found
from server.services.roles import Permission, Role, require
from server.services.units import rosters
from server.services.work import SYSTEM, Transactions, Work
from server.tables import HolderRow, IncidentRow, IncidentSourceRow, IncidentStepRow, PointRow, UserRow

COUNTER = "incident"
LATE_AT_ONCE = 200
"""How many overdue ones one look moves."""


class IncidentFile(BaseModel):
    """Everything about one, and what the reader may do with it now."""

    incident: IncidentView
    steps: list[StepView]
    sources: list[Source]
    photos: list[int]
    """The steps that came with a picture."""
    merged: list[int]
    """Others that were the same."""
    actions: list[Action]


class Refused(Problem):
    """Why it was not done, for pages that say it in the reader's language."""

    def __init__(self, no: No) -> None:
        code = Code.FORBIDDEN if no is No.NOT_YOURS else Code.WRONG_STATE if no in _OF_THE_STATE else Code.INVALID
        super().__init__(code, SENTENCES[no])
        self.no = no


_OF_THE_STATE = frozenset({No.NOT_NOW, No.CLOSED_ALREADY, No.CHANGED, No.RETURNED_TOO_OFTEN, No.NOBODY_ABOVE})


def report(work: Work, home: str, given: ReportIn) -> IncidentView:
    """A new incident, the community's. Problem INVALID; EXISTS when a source of it is one already."""
    require(work.actor, Permission.INCIDENTS_REPORT)
    _check(work.session, given)
    viewer = viewer_of(work.session, work.actor, home)
    if is_veiled(viewer, given.matter, home) is not False:
        raise Problem(Code.FORBIDDEN, f"{given.matter} is not for this role.")
    begun = new_incident(home, given.urgency, work.actor.name, work.now_ms)
    row = IncidentRow(
        number=work.next_number(COUNTER),
        **given.model_dump(mode="json", exclude={"sources"}),
        state="",
        unit="",
        reported_by="",
        reported_ms=work.now_ms,
        changed_ms=work.now_ms,
    )
    write(row, begun, work.now_ms)
    work.session.add(row)
    work.session.flush()
    for source in given.sources:
        _add_source(work, row, source)
    _step(work, row, begun, "", given.text)
    audit.record(work, "incident.report", f"incident:{row.number}", after=_said(begun))
    return _told(work, row, viewer)


def do(work: Work, home: str, number: int, action: Action, given: DeedIn) -> IncidentView:
    """Do something with one. Problem NOT_FOUND; Refused says why it is not done."""
    row = _locked(work.session, number, given.into)
    viewer = viewer_of(work.session, work.actor, home)
    _seen(row, viewer, number)
    assert row is not None
    before = incident_of(row)
    if not may_do(viewer, before, Matter(row.matter), action):
        raise Refused(No.NOT_YOURS)
    after = act(before, _deed(work, viewer, row, action, given), units_of(work.session, home))
    if isinstance(after, No):
        raise Refused(after)
    return _done(work, row, before, after, action, given.why.strip(), viewer)


def add_sources(work: Work, home: str, number: int, sources: tuple[Source, ...], why: str) -> IncidentView:
    """It is the same thing again: the sources join an incident that is open. Problem as for `do`, or EXISTS."""
    view = do(work, home, number, Action.NOTE, DeedIn(why=why))
    if view.state not in OPEN:
        raise Refused(No.NO_TARGET)
    row = work.session.get_one(IncidentRow, number)
    for source in sources:
        _add_source(work, row, source)
    return view


def get(session: Session, viewer: Viewer, home: str, number: int) -> IncidentFile:
    """One with its history and what the viewer may do now; Problem NOT_FOUND."""
    row = session.get(IncidentRow, number)
    view = _seen(row, viewer, number)
    assert row is not None
    incident, units = incident_of(row), units_of(session, home)
    mine = select(IncidentSourceRow).where(IncidentSourceRow.number == number)
    merged = select(IncidentRow.number).where(IncidentRow.merged_into == number).order_by(col(IncidentRow.number))
    return IncidentFile(
        incident=view,
        steps=steps_of(session, number, veiled=view.veiled),
        sources=[
            Source(kind=SourceKind(one.kind), id=one.source_id)
            for one in session.exec(mine.order_by(col(IncidentSourceRow.at_ms), col(IncidentSourceRow.source_id)))
        ],
        photos=[] if view.veiled else photos_of(session, number),
        merged=list(session.exec(merged)),
        actions=open_actions(viewer, incident, Matter(row.matter), units.above(incident.unit) is not None),
    )


def number_of(session: Session, source: Source) -> int | None:
    """The incident that was made of something."""
    row = session.get(IncidentSourceRow, (source.kind.value, source.id))
    return row.number if row is not None else None


def numbers_of(session: Session, kind: SourceKind, ids: Iterable[str]) -> dict[str, int]:
    """Of some things of a kind, the incidents that were made of them."""
    mine = col(IncidentSourceRow.source_id).in_(list(ids))
    found = select(IncidentSourceRow).where(IncidentSourceRow.kind == kind.value, mine)
    return {row.source_id: row.number for row in session.exec(found)}


def overdue(session: Session, home: str, now_ms: int) -> list[int]:
    """Those whose clock has run out, the longest ago first; not those that were told of it and can go no higher."""
    units = units_of(session, home)
    highest = [unit for unit in units.alive | {home} if units.above(unit) is None]
    ran_out = select(IncidentRow.number).where(col(IncidentRow.state).in_(OPEN), col(IncidentRow.due_ms) <= now_ms)
    moves = col(IncidentRow.late).is_(False) | col(IncidentRow.unit).not_in(highest)
    return list(session.exec(ran_out.where(moves).order_by(col(IncidentRow.due_ms)).limit(LATE_AT_ONCE)))


def escalate_overdue(transactions: Transactions, home: str) -> list[int]:
    """Move every incident whose clock has run out, each in a transaction of its own; which were moved."""
    with transactions.read() as session:
        late = overdue(session, home, transactions.clock())
    moved = []
    for number in late:
        try:
            with transactions.work(SYSTEM) as work:
                do(work, home, number, Action.OVERDUE, DeedIn())
            moved.append(number)
        except Refused:  # somebody did something since
            continue
    return moved


def leave_unit(work: Work, home: str, unit: str) -> int:
    """A unit was dissolved: its open incidents go to the next one above; how many."""
    mine = select(IncidentRow.number).where(IncidentRow.unit == unit, col(IncidentRow.state).in_(OPEN))
    numbers = list(work.session.exec(mine.order_by(col(IncidentRow.number))))
    viewer = viewer_of(work.session, SYSTEM, home)
    for number in numbers:
        row = _locked(work.session, number)
        assert row is not None
        before = incident_of(row)
        deed = Deed(Action.UNIT_GONE, SYSTEM.name, work.now_ms)
        after = act(before, deed, units_of(work.session, home))
        if isinstance(after, Incident):
            _done(work, row, before, after, Action.UNIT_GONE, "", viewer)
    return len(numbers)


def _locked(session: Session, number: int, other: int | None = None) -> IncidentRow | None:
    """The row, held until the end of the transaction; a second one too, the lower number first: nobody deadlocks."""
    for one in sorted({number, other} - {None}):  # type: ignore[type-var]
        session.get(IncidentRow, one, with_for_update=True)
    return session.get(IncidentRow, number)


def _seen(row: IncidentRow | None, viewer: Viewer, number: int) -> IncidentView:
    view = view_of(row, viewer) if row is not None else None
    if view is None:
        raise not_found("incident", number)
    return view


def _deed(work: Work, viewer: Viewer, row: IncidentRow, action: Action, given: DeedIn) -> Deed:
    person = given.person.strip()
    known = work.session.exec(select(UserRow.name).where(UserRow.name == person)).first() if person else None
    account = known or (rosters.account_of(work.session, person, work.now_ms) if person else "")
    target = work.session.get(IncidentRow, given.into) if given.into is not None else None
    there = target is not None and target.number != row.number and State(target.state) in OPEN
    return Deed(
        action=action,
        actor=work.actor.name,
        at_ms=work.now_ms,
        why=given.why.strip(),
        unit=given.unit,
        person=person,
        person_actor=f"user:{account}" if account else "",
        into=given.into,
        into_is_open=there and target is not None and view_of(target, viewer) is not None,
        turn=given.turn,
    )


def _done(
    work: Work, row: IncidentRow, before: Incident, after: Incident, action: Action, why: str, viewer: Viewer
) -> IncidentView:
    write(row, after, work.now_ms)
    work.session.add(row)
    work.session.flush()
    _step(work, row, after, action.value, why)
    # The words of a history are for who may read the incident; the trail is read by others.
    audit.record(work, "incident.step", f"incident:{row.number}", before=_said(before), after=_said(after, action))
    if action is Action.CLOSE:
        _acknowledge(work, row.number)
    return _told(work, row, viewer)


def _step(work: Work, row: IncidentRow, after: Incident, action: str, why: str) -> None:
    work.session.add(
        IncidentStepRow(
            number=row.number,
            turn=after.turn,
            at_ms=work.now_ms,
            actor=work.actor.name,
            action=action,
            state=after.state.value,
            unit=after.unit,
            person=after.person,
            due_ms=after.due_ms,
            why=why,
        )
    )
    work.session.flush()


def _add_source(work: Work, row: IncidentRow, source: Source) -> None:
    if (known := number_of(work.session, source)) is not None:
        raise Problem(Code.EXISTS, f"That is incident {known} already.", fields={"sources": str(known)})
    seen = sight.of(work.actor)
    if source.kind is SourceKind.ALARM:
        if alarms.get(work.session, source.id, sight=seen).acknowledged_ms is None:
            alarms.forward(work, source.id, why=f"incident {row.number}")
    elif source.kind is SourceKind.EVENT:
        if (number := number_after(source.id)) is None:
            raise not_found("event", source.id)
        events.get(work.session, number, sight=seen)
    elif Role(work.actor.role) not in (Role.SYSTEM, Role.CARE):
        raise Problem(Code.FORBIDDEN, "A care alarm comes from the care station.")
    elif row.matter != Matter.CARE:
        raise Problem(Code.INVALID, "Who was not seen is told to care alone.", fields={"matter": "care"})
    else:
        care_cases.get(work.session, source.id)
    work.session.add(
        IncidentSourceRow(kind=source.kind.value, source_id=source.id, number=row.number, at_ms=work.now_ms)
    )
    work.session.flush()


def _acknowledge(work: Work, number: int) -> None:
    """What is closed needs nobody at the guard's screen any more."""
    for kind, source in work.session.exec(
        select(IncidentSourceRow.kind, IncidentSourceRow.source_id).where(IncidentSourceRow.number == number)
    ).all():
        if kind == SourceKind.ALARM:
            alarms.settle(work, source, why=f"incident {number}")


def _check(session: Session, given: ReportIn) -> None:
    if given.point is not None and session.get(PointRow, given.point) is None:
        raise Problem(Code.INVALID, f"There is no point {given.point}.", fields={"point": "unknown"})
    if given.holder_id is not None and session.get(HolderRow, given.holder_id) is None:
        raise Problem(Code.INVALID, f"There is no person {given.holder_id}.", fields={"holder_id": "unknown"})
    if len(set(given.sources)) != len(given.sources):
        raise Problem(Code.INVALID, "A source is named twice.", fields={"sources": "twice"})


def _told(work: Work, row: IncidentRow, viewer: Viewer) -> IncidentView:
    fact = {"number": row.number, "matter": row.matter, "state": row.state, "unit": row.unit, "due_ms": row.due_ms}
    work.tell("incident", fact | {"urgency": row.urgency, "overdue": row.overdue, "at_ms": work.now_ms})
    return _seen(row, viewer, row.number)


def _said(incident: Incident, action: Action | None = None) -> dict[str, object]:
    said: dict[str, object] = {
        "state": incident.state,
        "unit": incident.unit,
        "due_ms": incident.due_ms,
        "overdue": incident.overdue,
    }
    return said | ({"action": action} if action else {})
