"""Cases by hand, and two people at once."""

import pytest
from sqlalchemy import Engine

from server.services.care import care_cases, care_watch
from server.services.care.care_case import Deed, Stage
from server.services.care.care_watch import WatchIn
from server.services.people import consents
from server.services.people.consents import Purpose
from server.services.problems import Code, Problem
from tests.server.build import ADMIN, Community, make_community


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


def watched(community: Community, *, consent: bool = True) -> str:
    person = community.holder()
    with community.transactions.work(ADMIN) as work:
        care_watch.put(work, person.id, WatchIn())
        consents.say(work, person.id, Purpose.NOT_SEEN, consent)
    return person.id


def opened(community: Community, holder: str) -> care_cases.CaseView:
    with community.transactions.work(ADMIN) as work:
        return care_cases.open_case(work, holder, by_hand=True, note="the neighbour is worried")


def test_a_case_by_hand_is_one_case(community: Community) -> None:
    holder = watched(community)
    case = opened(community, holder)
    assert (case.stage, case.opened_by, case.steps[0].note) == (Stage.RESIDENT, ADMIN.name, "the neighbour is worried")
    assert opened(community, holder).id == case.id


def test_without_consent_there_is_none(community: Community) -> None:
    with pytest.raises(Problem) as told:
        opened(community, watched(community, consent=False))
    assert told.value.code is Code.WRONG_STATE
    with pytest.raises(Problem) as told:
        opened(community, "01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert told.value.code is Code.NOT_FOUND


def test_two_people_close_at_once(community: Community) -> None:
    case = opened(community, watched(community))
    with community.transactions.work(ADMIN) as work:
        assert care_cases.act(work, case.id, Deed.WELL, "was at her sister's").outcome is Deed.WELL
    with community.transactions.work(ADMIN) as work, pytest.raises(Problem) as told:
        care_cases.act(work, case.id, Deed.HELPED)
    assert told.value.code is Code.WRONG_STATE
    with community.transactions.read() as session:
        assert care_cases.get(session, case.id).outcome is Deed.WELL
        assert [one.id for one in care_cases.of_person(session, case.holder_id)] == [case.id]


def test_a_case_that_is_not_there(community: Community) -> None:
    with community.transactions.work(ADMIN) as work, pytest.raises(Problem) as told:
        care_cases.act(work, "01ARZ3NDEKTSV4RRFFQ69G5FAV", Deed.WELL)
    assert told.value.code is Code.NOT_FOUND


def test_a_clock_that_ran_out_is_heard_before_the_deed(community: Community) -> None:
    case = opened(community, watched(community))
    community.now[0] += 35 * 60_000
    with community.transactions.work(ADMIN) as work:
        after = care_cases.act(work, case.id, Deed.NOT_REACHED)
    assert [step.deed for step in after.steps] == [None, Deed.OVERDUE, Deed.NOT_REACHED]
    assert after.stage is Stage.COMMUNITY
