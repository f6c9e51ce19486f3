"""What came of activities that were held: points, absence lists, certificates."""

from collections import defaultdict

from sqlmodel import Session, col, select

from server.services.activities import activities
from server.services.activities.activity_life import PARTY_KINDS, POINTS_OF, ActivityKind, ActivityState, Points
from server.services.activities.asked import LIST_MAX, Certificate, Merit, PersonView
from server.services.activities.quorum import Mark
from server.services.problems import Code, Problem
from server.services.roles import Permission, may
from server.services.work import Actor
from server.tables import ActivityRow, AttendanceRow, HolderRow

ABSENT = (Mark.INVITED, Mark.STRUCK, Mark.EXCUSED)
"""Whoever should have come and did not, the excused last; who is exempt should not have."""


def merits(session: Session, actor: Actor, from_ms: int, to_ms: int, holder_id: str | None = None) -> list[Merit]:
    """What people earned at activities that began within [from_ms, to_ms), most points first."""
    held = (
        select(ActivityRow.kind, ActivityRow.points, HolderRow)
        .join(AttendanceRow, col(AttendanceRow.number) == col(ActivityRow.number))
        .join(HolderRow, col(HolderRow.id) == col(AttendanceRow.holder_id))
        .where(ActivityRow.state == ActivityState.HELD.value, AttendanceRow.mark == Mark.PRESENT.value)
        .where(ActivityRow.from_ms >= from_ms, ActivityRow.from_ms < to_ms)
    )
    if not may(actor, Permission.PARTY_WORK):
        held = held.where(col(ActivityRow.kind).not_in([kind.value for kind in PARTY_KINDS]))
    if holder_id is not None:
        held = held.where(HolderRow.id == holder_id)
    people: dict[str, HolderRow] = {}
    earned: defaultdict[str, list[tuple[Points | None, int]]] = defaultdict(list)
    for kind, points, person in session.exec(held):
        people[person.id] = person
        earned[person.id].append((POINTS_OF[ActivityKind(kind)], points))
    found = [_merit(people[one], sums) for one, sums in earned.items()]
    return sorted(found, key=lambda one: (-(one.study + one.volunteer), -one.came, one.name))[:LIST_MAX]


def absent(session: Session, actor: Actor, number: int) -> list[PersonView]:
    """Who should have come and did not. Problem NOT_FOUND."""
    people = activities.get(session, actor, number).people
    return sorted((one for one in people if one.mark in ABSENT), key=lambda one: (ABSENT.index(one.mark), one.name))


def certificate(session: Session, actor: Actor, number: int, holder_id: str) -> Certificate:
    """That somebody was there. Problem NOT_FOUND, WRONG_STATE (it was not held, or they were not there)."""
    file = activities.get(session, actor, number)
    person = next((one for one in file.people if one.holder_id == holder_id), None)
    if person is None or person.mark is not Mark.PRESENT or file.activity.state is not ActivityState.HELD:
        raise Problem(Code.WRONG_STATE, "It was not held, or they were not there.")
    return Certificate(name=person.name, **file.activity.model_dump(include=set(Certificate.model_fields) - {"name"}))


def _merit(person: HolderRow, sums: list[tuple[Points | None, int]]) -> Merit:
    return Merit(
        holder_id=person.id,
        name=person.name,
        house=person.house or "",
        came=len(sums),
        study=sum(points for kind, points in sums if kind is Points.STUDY),
        volunteer=sum(points for kind, points in sums if kind is Points.VOLUNTEER),
    )
