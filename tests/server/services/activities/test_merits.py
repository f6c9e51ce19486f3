"""Points, absence lists, certificates."""

import pytest
from sqlalchemy import Engine

from card_protocol.words.moment import DAY_MS
from server.services.activities import activities, attendance, merits
from server.services.activities.activity_life import ActivityKind, ActivityStep
from server.services.activities.asked import Merit
from server.services.activities.quorum import Mark
from server.services.problems import Code, Problem
from tests.server.build import NOW_MS, Community, make_community
from tests.server.services.activities.test_attendance import ORGANISER, PARTY, called, carrier, open_room


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    made = make_community(sqlite_engine)
    open_room(made)
    return made


def held(community: Community, *present: str, kind: ActivityKind = ActivityKind.STUDY, points: int = 2) -> int:
    number = called(community, *present, actor=PARTY, rule="none", kind=kind, points=points)
    with community.transactions.work(PARTY) as work:
        for holder in present:
            attendance.sign_by_name(work, number, holder)
        for step in (ActivityStep.BEGIN, ActivityStep.END):
            activities.step(work, number, step)
    return number


def earned(community: Community, actor=PARTY) -> dict[str, tuple[int, int, int]]:
    with community.transactions.read() as session:
        found: list[Merit] = merits.merits(session, actor, NOW_MS - DAY_MS, NOW_MS + DAY_MS)
    return {one.holder_id: (one.came, one.study, one.volunteer) for one in found}


def test_points_are_of_what_was_held_and_of_the_kind(community: Community) -> None:
    (wang, _), (li, _) = carrier(community, "04010203040506"), carrier(community, "04FFFFFFFFFFFF")
    held(community, wang, li)
    held(community, wang, kind=ActivityKind.VOLUNTEER, points=5)
    held(community, wang, kind=ActivityKind.PARTY_CLASS, points=3)
    planned = called(community, li)
    with community.transactions.work(ORGANISER) as work:
        attendance.sign_by_name(work, planned, li)
    assert earned(community) == {wang: (3, 5, 5), li: (1, 2, 0)}
    assert earned(community, ORGANISER) == {wang: (2, 2, 5), li: (1, 2, 0)}, "a Party class would tell"
    with community.transactions.read() as session:
        assert merits.merits(session, PARTY, 0, NOW_MS - DAY_MS) == []
        (mine,) = merits.merits(session, PARTY, NOW_MS - DAY_MS, NOW_MS + DAY_MS, li)
    assert mine.holder_id == li


def test_who_is_absent_the_excused_last_and_the_exempt_not_at_all(community: Community) -> None:
    names = {name: community.holder(name).id for name in ("王秀英", "李建国", "张桂兰")}
    number = called(community, *names.values())
    with community.transactions.work(ORGANISER) as work:
        attendance.excuse(work, number, names["李建国"], Mark.EXCUSED, "出差")
        attendance.excuse(work, number, names["张桂兰"], Mark.EXEMPT, "住院")
        found = merits.absent(work.session, ORGANISER, number)
    assert [(one.name, one.mark) for one in found] == [("王秀英", Mark.INVITED), ("李建国", Mark.EXCUSED)]


def test_a_certificate_is_for_who_was_there_when_it_was_held(community: Community) -> None:
    (wang, _), li = carrier(community, "04010203040506"), community.holder("李建国").id
    number = held(community, wang)
    open_one = called(community, wang, li)
    with community.transactions.work(ORGANISER) as work:
        attendance.sign_by_name(work, open_one, wang)
    with community.transactions.read() as session:
        found = merits.certificate(session, ORGANISER, number, wang)
        assert (found.name, found.number, found.points) == ("王秀英", number, 2)
        for which, holder in ((number, li), (open_one, wang), (open_one, li)):
            with pytest.raises(Problem) as told:
                merits.certificate(session, ORGANISER, which, holder)
            assert told.value.code is Code.WRONG_STATE
