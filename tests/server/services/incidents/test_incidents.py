"""Incidents on a data base: whole histories, two at once, sources, units that go."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import select

from server.services import audit
from server.services.events import alarms
from server.services.events.alarms import AlarmKind
from server.services.incidents import incident_views, incidents
from server.services.incidents.incident_asked import DeedIn, ReportIn, Source, SourceKind
from server.services.incidents.incident_life import Units
from server.services.incidents.incident_views import incident_of
from server.services.incidents.incident_words import Action, Matter, No, State, Tier, Urgency
from server.services.incidents.incidents import Refused
from server.services.problems import Code, Problem
from server.services.roles import Role
from server.services.units import dissolving, rosters
from server.services.units.rosters import PostIn
from server.services.work import SYSTEM, Actor
from server.tables import IncidentRow
from tests.server.build import COMMUNITY, Community
from tests.server.incident_town import BESIDE, DISTRICT, DOOR, STREET, build_town, do, report, somebody

A = Action


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One kind of data base: the queries are in test_incident_search."""
    return f"sqlite:///{tmp_path / 'server.db'}"


@dataclass
class Town:
    community: Community
    guard: Actor
    admin: Actor
    carer: Actor


@pytest.fixture
def town(community: Community) -> Town:
    build_town(community)
    names = (("guard", Role.GUARD), ("admin", Role.ADMIN), ("carer", Role.CARE))
    return Town(community, *(somebody(community, name, role) for name, role in names))


def alarm(community: Community, event: str = "door_held") -> str:
    community.now[0] += 1
    with community.transactions.work(SYSTEM) as work:
        detail = {"event": event}
        return alarms.sound(work, AlarmKind.GATEWAY, gateway_id="g-1", point="south-gate-in", detail=detail).id


def refusal(town: Town, actor: Actor, number: int, action: Action, **asked: object) -> No:
    with pytest.raises(Refused) as told:
        do(town.community, actor, number, action, **asked)
    return told.value.no


def test_from_a_propped_door_to_the_district_and_closed_with_its_whole_history(town: Town) -> None:
    community = town.community
    chen = somebody(community, "chen", Role.OFFICIAL, DISTRICT)
    wu = somebody(community, "wu", Role.OFFICIAL, DISTRICT)
    alarm_id = alarm(community)
    source = Source(kind=SourceKind.ALARM, id=alarm_id)
    number = report(community, town.guard, DOOR.model_copy(update={"sources": (source,), "text": "wedged"})).number
    do(community, town.guard, number, A.ACCEPT)
    community.now[0] += 86_400_000
    assert incidents.escalate_overdue(community.transactions, COMMUNITY) == [number]
    at_street = do(community, town.admin, number, A.NOTE, why="told by telephone")
    assert (at_street.tier, at_street.state, at_street.overdue) == (Tier.STREET, State.REPORTED, 1)
    do(community, town.admin, number, A.ESCALATE, why="the street has no locksmith")
    do(community, chen, number, A.ACCEPT)
    do(community, chen, number, A.DISPATCH, person="locksmith Hu")
    do(community, chen, number, A.BEGIN)
    do(community, chen, number, A.FINISH, why="new closer")
    assert refusal(town, chen, number, A.CLOSE, why="it shuts") is No.SAME_PERSON
    closed = do(community, wu, number, A.CLOSE, why="seen at 9:00 by wu, it shuts by itself")
    assert (closed.state, closed.unit, closed.closed_by) == (State.CLOSED, DISTRICT, "user:wu")
    with community.transactions.read() as session:
        viewer = incident_views.viewer_of(session, wu, COMMUNITY)
        file = incidents.get(session, viewer, COMMUNITY, number)
        assert [(one.action, one.unit) for one in file.steps] == [
            (None, COMMUNITY),
            (A.ACCEPT, COMMUNITY),
            (A.OVERDUE, STREET),
            (A.NOTE, STREET),
            (A.ESCALATE, DISTRICT),
            (A.ACCEPT, DISTRICT),
            (A.DISPATCH, DISTRICT),
            (A.BEGIN, DISTRICT),
            (A.FINISH, DISTRICT),
            (A.CLOSE, DISTRICT),
        ]
        assert [one.turn for one in file.steps] == list(range(1, 11))
        assert file.steps[0].why == "wedged"
        assert file.steps[2].actor == "system"
        assert file.sources == [source]
        assert file.actions == [A.NOTE, A.REOPEN]
        row = session.get_one(IncidentRow, number)
        assert incident_of(row).path == (COMMUNITY, STREET)
        standing = alarms.get(session, alarm_id, sight=alarms.sight_of(SYSTEM))
        assert (standing.forwarded_by, standing.acknowledged_by) == ("user:guard", "user:wu")
        assert audit.broken_at(session) is None
    assert community.heard[-1][0] == "incident"
    assert community.heard[-1][1]["state"] == "closed"


def test_two_who_close_at_once_close_once(town: Town) -> None:
    number = report(town.community, town.guard).number
    for action in (A.ACCEPT, A.DISPATCH, A.BEGIN):
        do(town.community, town.guard, number, action, person="guard")
    seen = do(town.community, town.guard, number, A.FINISH).turn
    other = somebody(town.community, "zhou", Role.CLERK)
    do(town.community, town.admin, number, A.CLOSE, turn=seen)
    assert refusal(town, other, number, A.CLOSE, turn=seen) is No.CLOSED_ALREADY
    assert refusal(town, other, number, A.REOPEN, turn=seen) is No.CHANGED


def test_who_was_sent_by_their_user_name_may_not_close(town: Town) -> None:
    number = report(town.community, town.guard).number
    do(town.community, town.admin, number, A.ACCEPT)
    do(town.community, town.admin, number, A.DISPATCH, person="guard")
    do(town.community, town.admin, number, A.BEGIN)
    do(town.community, town.admin, number, A.FINISH)
    assert refusal(town, town.guard, number, A.CLOSE) is No.SAME_PERSON


@pytest.mark.parametrize(("last_day", "holds"), [(None, True), ("2026-02-28", False)])
def test_who_was_sent_by_the_name_of_their_post_may_not_close_either(
    town: Town, last_day: str | None, holds: bool
) -> None:
    post = {"body": "group", "title": "组长", "name": "王秀英", "user_name": "guard", "from_day": "2025-01-01"}
    with town.community.transactions.work(SYSTEM) as work:
        rosters.add(work, PostIn.model_validate(post | {"to_day": last_day}))
    number = report(town.community, town.guard).number
    do(town.community, town.admin, number, A.ACCEPT)
    do(town.community, town.admin, number, A.DISPATCH, person="王秀英")
    do(town.community, town.admin, number, A.BEGIN)
    do(town.community, town.admin, number, A.FINISH)
    if holds:
        assert refusal(town, town.guard, number, A.CLOSE) is No.SAME_PERSON
    else:
        assert do(town.community, town.guard, number, A.CLOSE).state is State.CLOSED


def test_an_alarm_becomes_one_incident_and_the_next_alike_joins_it(town: Town) -> None:
    first, second = (Source(kind=SourceKind.ALARM, id=alarm(town.community)) for _ in range(2))
    number = report(town.community, town.guard, DOOR.model_copy(update={"sources": (first,)})).number
    with pytest.raises(Problem) as told:
        report(town.community, town.guard, DOOR.model_copy(update={"sources": (second, first)}))
    assert (told.value.code, told.value.fields) == (Code.EXISTS, {"sources": str(number)})
    with town.community.transactions.work(town.guard) as work:
        incidents.add_sources(work, COMMUNITY, number, (second,), "again")
        with pytest.raises(Problem) as told:
            incidents.add_sources(work, COMMUNITY, number, (second,), "again")
        assert told.value.code is Code.EXISTS
        assert incidents.number_of(work.session, second) == number


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"point": "nowhere"}, Code.INVALID),
        ({"holder_id": "01HZZZZZZZZZZZZZZZZZZZZZZZ"}, Code.INVALID),
        ({"sources": [{"kind": "alarm", "id": "01HZZZZZZZZZZZZZZZZZZZZZZZ"}]}, Code.NOT_FOUND),
        ({"sources": [{"kind": "event", "id": "7"}]}, Code.NOT_FOUND),
        ({"sources": [{"kind": "event", "id": "seven"}]}, Code.NOT_FOUND),
        ({"sources": [{"kind": "care", "id": "1"}]}, Code.FORBIDDEN),
        ({"sources": [{"kind": "event", "id": "7"}, {"kind": "event", "id": "7"}]}, Code.INVALID),
        ({"matter": "care"}, Code.FORBIDDEN),
    ],
)
def test_a_false_report_is_refused_and_leaves_nothing(town: Town, given: dict[str, object], code: Code) -> None:
    with pytest.raises(Problem) as told:
        report(town.community, town.guard, ReportIn.model_validate(DOOR.model_dump(mode="json") | given))
    assert told.value.code is code
    with town.community.transactions.read() as session:
        assert session.exec(select(IncidentRow)).all() == []


def test_of_care_only_care_reads_and_the_administrator_sees_that_there_is_something(town: Town) -> None:
    about = ReportIn(matter=Matter.CARE, title="王奶奶今天没有出门", house="3-1-502", urgency=Urgency.URGENT)
    number = report(town.community, town.carer, about).number
    with town.community.transactions.read() as session:
        for actor, title in ((town.carer, about.title), (town.admin, "")):
            file = incidents.get(session, incident_views.viewer_of(session, actor, COMMUNITY), COMMUNITY, number)
            assert (file.incident.title, file.incident.house) == (title, "3-1-502" if title else "")
            assert file.incident.due_ms == town.community.now[0] + 15 * 60_000
        with pytest.raises(Problem) as told:
            incidents.get(session, incident_views.viewer_of(session, town.guard, COMMUNITY), COMMUNITY, number)
        assert told.value.code is Code.NOT_FOUND
    assert refusal(town, town.admin, number, A.ACCEPT) is No.NOT_YOURS
    with pytest.raises(Problem, match="no incident"):
        do(town.community, town.guard, number, A.ACCEPT)
    assert do(town.community, town.carer, number, A.ACCEPT).state is State.FILED


def test_the_other_unit_s_people_take_it_on_and_nobody_else(town: Town) -> None:
    beside = somebody(town.community, "beside", Role.OFFICIAL, BESIDE)
    number = report(town.community, town.guard).number
    assert refusal(town, beside, number, A.ACCEPT) is No.NOT_YOURS
    do(town.community, town.guard, number, A.HAND_OVER, unit=BESIDE)
    assert refusal(town, town.guard, number, A.ACCEPT) is No.NOT_YOURS
    assert refusal(town, town.admin, number, A.ACCEPT) is No.NOT_YOURS, "that unit has people of its own"
    assert do(town.community, beside, number, A.ACCEPT).state is State.FILED
    assert refusal(town, beside, number, A.HAND_OVER, unit="330105008077") is No.NO_SUCH_UNIT


def test_a_unit_that_is_dissolved_leaves_nothing_lying(town: Town) -> None:
    number, other = (report(town.community, town.guard).number for _ in range(2))
    do(town.community, town.guard, number, A.HAND_OVER, unit=BESIDE)
    with town.community.transactions.work(town.admin) as work:
        assert dissolving.dissolve(work, COMMUNITY, BESIDE) == 1
    assert refusal(town, town.guard, other, A.HAND_OVER, unit=BESIDE) is No.NO_SUCH_UNIT
    with town.community.transactions.read() as session:
        moved = incident_of(session.get_one(IncidentRow, number))
        assert (moved.state, moved.unit, moved.path) == (State.REPORTED, STREET, (COMMUNITY, BESIDE))
        assert incident_views.units_of(session, COMMUNITY) == Units(COMMUNITY, frozenset({COMMUNITY, STREET, DISTRICT}))


def test_merged_into_another_and_split_off_again(town: Town) -> None:
    one, two = (report(town.community, town.guard).number for _ in range(2))
    assert refusal(town, town.guard, one, A.MERGE, into=one) is No.NO_TARGET
    assert refusal(town, town.guard, one, A.MERGE, into=99) is No.NO_TARGET
    assert do(town.community, town.guard, two, A.MERGE, into=one).merged_into == one
    assert refusal(town, town.guard, one, A.MERGE, into=two) is No.NO_TARGET
    with town.community.transactions.read() as session:
        viewer = incident_views.viewer_of(session, town.guard, COMMUNITY)
        assert incidents.get(session, viewer, COMMUNITY, one).merged == [two]
    assert do(town.community, town.guard, two, A.REOPEN).state is State.FILED


def test_an_overdue_one_moves_once_and_what_somebody_did_meanwhile_counts(town: Town) -> None:
    number = report(town.community, town.guard).number
    assert incidents.escalate_overdue(town.community.transactions, COMMUNITY) == []
    town.community.now[0] += 4 * 3_600_000
    with town.community.transactions.read() as session:
        assert incidents.overdue(session, COMMUNITY, town.community.now[0]) == [number]
    do(town.community, town.guard, number, A.ACCEPT)
    assert incidents.escalate_overdue(town.community.transactions, COMMUNITY) == []


def test_an_alarm_of_a_clinic_is_not_the_guard_s_to_make_an_incident_of(town: Town) -> None:
    card = town.community.active_card()
    with town.community.transactions.work(SYSTEM) as work:
        hidden = alarms.sound(work, AlarmKind.REVOKED_TAP, point="clinic", card_id=card.id)
    with pytest.raises(Problem) as told:
        report(
            town.community,
            town.guard,
            DOOR.model_copy(update={"sources": (Source(kind=SourceKind.ALARM, id=hidden.id),)}),
        )
    assert told.value.code is Code.NOT_FOUND


def test_nobody_deletes_a_person_s_incident_with_the_person(town: Town) -> None:
    person = town.community.holder()
    number = report(town.community, town.guard, DOOR.model_copy(update={"holder_id": person.id})).number
    with town.community.transactions.work(SYSTEM) as work:
        row = work.session.get_one(incident_views.IncidentRow, number)
        assert row.holder_id == person.id
    assert DeedIn().why == ""
