"""Households follow the houses of the people."""

import pytest

from server.services.people import holders, households, houses
from server.services.people.holders import HolderIn
from server.services.people.households import HouseholdView, Relation, Tenure
from server.services.problems import Problem
from tests.server.build import ADMIN, COMMUNITY, Community


@pytest.fixture
def house(community: Community) -> str:
    with community.transactions.work(ADMIN) as work:
        houses.add(work, COMMUNITY, "3-1-503")
        return houses.add(work, COMMUNITY, "3-1-502").id


def of(community: Community, house_id: str) -> list[HouseholdView]:
    with community.transactions.read() as session:
        return households.of_house(session, house_id)


def move(community: Community, holder_id: str, house: str) -> None:
    community.now[0] += 1000
    with community.transactions.work(ADMIN) as work:
        holders.change(work, holder_id, HolderIn(name="王秀英", house=house))


def test_people_of_one_house_are_one_household(community: Community, house: str) -> None:
    first, second = community.holder("王秀英", house="3幢1单元502室"), community.holder("王建国", house="3-1-502")
    community.holder("单建国", house="9-9-999", kind="worker")
    (home,) = of(community, house)
    assert {member.holder_id for member in home.members} == {first.id, second.id}
    with community.transactions.read() as session:
        assert households.of_person(session, first.id) == home


def test_who_moves_leaves_and_the_last_one_ends_it(community: Community, house: str) -> None:
    person, other = community.holder("王秀英", house="3-1-502"), community.holder("王建国", house="3-1-502")
    move(community, person.id, "3-1-503")
    (home,) = of(community, house)
    assert [member.to_ms for member in home.members] == [None, community.now[0]]
    assert home.ended_ms is None
    move(community, other.id, "")
    (gone,) = of(community, house)
    assert gone.ended_ms == community.now[0]
    move(community, other.id, "3-1-502")
    present, past = of(community, house)
    assert (present.ended_ms, past.id) == (None, gone.id)


def test_a_correction_of_the_name_changes_no_household_and_who_comes_back_is_back(
    community: Community, house: str
) -> None:
    person, _ = community.holder("王秀英", house="3-1-502"), community.holder("王建国", house="3-1-502")
    before = of(community, house)
    move(community, person.id, "3-1-502")
    assert of(community, house) == before
    move(community, person.id, "")
    move(community, person.id, "3-1-502")
    (home,) = of(community, house)
    assert [member.to_ms for member in home.members] == [None, None]


def test_a_household_is_described(community: Community, house: str) -> None:
    person = community.holder("王秀英", house="3-1-502")
    community.holder("王建国", house="3-1-502")
    (home,) = of(community, house)
    with community.transactions.work(ADMIN) as work:
        described = households.describe(work, home.id, Tenure.OWNER, {person.id: Relation.HEAD})
        with pytest.raises(Problem):
            households.describe(work, "nothing", Tenure.OWNER, {})
    assert described.tenure is Tenure.OWNER
    assert (described.members[0].holder_id, described.members[0].relation) == (person.id, Relation.HEAD)
