"""Meetings and activities on the data base: called, changed, opened, held; listed for who may know of them.

Everything that changes one holds its row to the end of the transaction, so that two people at two tables, and taps
that come in meanwhile, follow one another.
"""

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import Session, col, select

from card_protocol.words.point import PointKind
from server.services import audit
from server.services.activities.activity_life import (
    OVER,
    PARTY_KINDS,
    ActivityKind,
    ActivityState,
    ActivityStep,
    after,
    open_steps,
)
from server.services.activities.asked import (
    LIST_MAX,
    ActivityFile,
    ActivityIn,
    ActivityView,
    PersonView,
    standing,
)
from server.services.activities.quorum import Mark, Rule, Voice, count
from server.services.activities.sign_in import Way
from server.services.paging import PAGE_DEFAULT_ITEMS, Page, bounded, cut, number_after
from server.services.problems import Code, Problem, not_found
from server.services.roles import Permission, may
from server.services.work import Actor, Work
from server.tables import ActivityRow, AttendanceRow, HolderRow, PointRow

COUNTER = "activity"


def plan(work: Work, given: ActivityIn) -> ActivityView:
    """A new one. Problem INVALID (no such point), FORBIDDEN (a Party meeting, by somebody else)."""
    _check(work, given)
    row = ActivityRow(
        number=work.next_number(COUNTER),
        **given.model_dump(mode="json"),
        state=ActivityState.PLANNED.value,
        made_by=work.actor.name,
        made_ms=work.now_ms,
        changed_ms=work.now_ms,
    )
    work.session.add(row)
    work.session.flush()
    audit.record(work, "activity.plan", subject(row))
    return told(work, row)


def change(work: Work, number: int, given: ActivityIn) -> ActivityView:
    """Other words, another time or place. Problem as for `plan`, NOT_FOUND, WRONG_STATE (it is over), IN_USE.

    With people on its list a Party meeting stays one, and nothing else becomes one: the list would tell others who is
    a member, and who votes was settled when they were invited.
    """
    _check(work, given)
    row = locked(work, number)
    if ActivityState(row.state) in OVER:
        raise Problem(Code.WRONG_STATE, f"It is {row.state}.")
    of_party = (given.kind in PARTY_KINDS, ActivityKind(row.kind) in PARTY_KINDS)
    listed = select(AttendanceRow.id).where(AttendanceRow.number == number).limit(1)
    if of_party[0] is not of_party[1] and work.session.exec(listed).first() is not None:
        raise Problem(Code.IN_USE, "There are people on its list.", fields={"kind": "of the Party, or not"})
    row.sqlmodel_update(given.model_dump(mode="json"))
    audit.record(work, "activity.change", subject(row))
    return told(work, row)


def step(work: Work, number: int, what: ActivityStep, why: str = "") -> ActivityView:
    """Open, begin, end, adjourn, call off. Problem NOT_FOUND, WRONG_STATE (not now, or no quorum)."""
    row = locked(work, number)
    state = after(ActivityState(row.state), what)
    if state is None:
        raise Problem(Code.WRONG_STATE, f"It is {row.state}.")
    stands = view_of(work.session, [row])[0]
    if what is ActivityStep.BEGIN and not stands.quorate:
        raise Problem(Code.WRONG_STATE, f"{stands.there} of {stands.needed} are there: no quorum.")
    row.state, row.why = state.value, why.strip() or row.why
    if state in OVER:
        _forget_cards(work.session, number)
    audit.record(work, "activity.step", subject(row), after={"state": state})
    return told(work, row)


def get(session: Session, actor: Actor, number: int) -> ActivityFile:
    """One with its list, the newest sign-in first. Problem NOT_FOUND, also for one that the actor may not know of."""
    row = session.get(ActivityRow, number)
    if row is None or not may_know(actor, row):
        raise not_found("activity", number)
    view = view_of(session, [row])[0]
    listed = (
        select(AttendanceRow, HolderRow)
        .join(HolderRow, col(HolderRow.id) == col(AttendanceRow.holder_id))
        .where(AttendanceRow.number == number)
        .order_by(col(HolderRow.name), col(HolderRow.id))
        .limit(LIST_MAX)
    )
    people = [_person(entry, person) for entry, person in session.exec(listed)]
    people.sort(key=lambda one: -(one.at_ms or 0))
    return ActivityFile(activity=view, people=people, steps=open_steps(view.state, quorate=view.quorate))


def listing(
    session: Session, actor: Actor, *, after: str | None = None, limit: int = PAGE_DEFAULT_ITEMS
) -> Page[ActivityView]:
    """Newest number first."""
    limit = bounded(limit)
    statement = select(ActivityRow).order_by(col(ActivityRow.number).desc()).limit(limit + 1)
    if not may(actor, Permission.PARTY_WORK):
        statement = statement.where(col(ActivityRow.kind).not_in([kind.value for kind in PARTY_KINDS]))
    if (place := number_after(after)) is not None:
        statement = statement.where(ActivityRow.number < place)
    rows = list(session.exec(statement))
    return cut(view_of(session, rows), limit, [str(row.number) for row in rows])


def rooms(session: Session) -> list[PointRow]:
    """Points at which a tap is a sign-in."""
    mine = select(PointRow).where(PointRow.kind == PointKind.ACTIVITY.value)
    return list(session.exec(mine.order_by(PointRow.id)))


def locked(work: Work, number: int) -> ActivityRow:
    """The row, held; Problem NOT_FOUND, also for one that the actor may not know of."""
    row = work.session.get(ActivityRow, number, with_for_update=True)
    if row is None or not may_know(work.actor, row):
        raise not_found("activity", number)
    return row


def told(work: Work, row: ActivityRow) -> ActivityView:
    """Keep what was changed, and let pages ask anew."""
    row.changed_ms = work.now_ms
    work.session.add(row)
    work.session.flush()
    work.tell("activity", {})
    return view_of(work.session, [row])[0]


def subject(row: ActivityRow) -> str:
    """How the trail names it."""
    return f"activity:{row.number}"


def may_know(actor: Actor, row: ActivityRow) -> bool:
    """Who is on the list of a Party meeting is a member: for those who work with the Party."""
    return ActivityKind(row.kind) not in PARTY_KINDS or may(actor, Permission.PARTY_WORK)


def view_of(session: Session, rows: list[ActivityRow]) -> list[ActivityView]:
    """How they stand."""
    numbers = [row.number for row in rows]
    listed = select(AttendanceRow).where(col(AttendanceRow.number).in_(numbers))
    lists: defaultdict[int, list[AttendanceRow]] = defaultdict(list)
    for entry in session.exec(listed):
        lists[entry.number].append(entry)
    return [_view(row, lists[row.number]) for row in rows]


def _view(row: ActivityRow, entries: list[AttendanceRow]) -> ActivityView:
    named = [entry for entry in entries if entry.holder_id is not None]
    marks = [Mark(entry.mark) for entry in named]
    known = row.model_dump(exclude={"made_ms", "changed_ms"})
    return ActivityView.model_validate(
        known
        | {
            "invited": sum(mark is not Mark.GUEST for mark in marks),
            "present": marks.count(Mark.PRESENT),
            "guests": marks.count(Mark.GUEST),
            "unnamed": len(entries) - len(named),
        }
        | standing(count(Rule(row.rule), _voices(named)))
    )


def _voices(entries: Iterable[AttendanceRow]) -> list[Voice]:
    return [Voice(Mark(entry.mark), entry.votes) for entry in entries]


def _person(entry: AttendanceRow, person: HolderRow) -> PersonView:
    known = entry.model_dump(include={"votes", "at_ms", "hasty", "actor", "why"})
    return PersonView(
        **known,
        holder_id=person.id,
        name=person.name,
        house=person.house or "",
        mark=Mark(entry.mark),
        way=Way(entry.way) if entry.way else None,
    )


def _check(work: Work, given: ActivityIn) -> None:
    if given.kind in PARTY_KINDS and not may(work.actor, Permission.PARTY_WORK):
        raise Problem(Code.FORBIDDEN, f"{work.actor.name} lacks {Permission.PARTY_WORK}.")
    point = work.session.get(PointRow, given.point) if given.point is not None else None
    if given.point is not None and (point is None or point.kind != PointKind.ACTIVITY):
        raise Problem(Code.INVALID, f"No sign-in point {given.point}.", fields={"point": "no sign-in point"})


def _forget_cards(session: Session, number: int) -> None:
    """Who has not consented was counted; which card it was is nobody's business afterwards."""
    unnamed = (col(AttendanceRow.number) == number) & col(AttendanceRow.holder_id).is_(None)
    for entry in session.exec(select(AttendanceRow).where(unnamed)):
        entry.card_id = None
        session.add(entry)
    session.flush()
