"""The list of houses."""

import pytest

from server.services.people import houses
from server.services.problems import Code, Problem
from tests.server.build import ADMIN, COMMUNITY, Community


def test_houses_come_in_the_order_in_which_one_walks_past_them(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        for code in ("10-1-101", "3-1-502", "3幢1单元1201室", "3-1-99"):
            houses.add(work, COMMUNITY, code)
    with community.transactions.read() as session:
        listed = houses.listing(session, COMMUNITY)
        assert [one.code for one in listed.items] == ["3-1-99", "3-1-502", "3-1-1201", "10-1-101"]
        first = houses.listing(session, COMMUNITY, limit=3)
        assert [one.code for one in houses.listing(session, COMMUNITY, after=first.next).items] == ["10-1-101"]
        assert [one.code for one in houses.listing(session, COMMUNITY, "3幢1单元5").items] == ["3-1-502"]
        assert [one.code for one in houses.listing(session, COMMUNITY, "10").items] == ["10-1-101"]
        assert houses.listing(session, COMMUNITY, "%").items == []
        assert houses.is_listed(session, COMMUNITY)
        assert set(houses.of_codes(session, COMMUNITY, ["3-1-99", "9-9-9"])) == {"3-1-99"}
        assert houses.get(session, listed.items[0].id) == listed.items[0]


def test_who_lives_in_a_house(community: Community) -> None:
    community.holder("王秀英", house="3-1-502")
    community.holder("单建国", house="3-1-503")
    with community.transactions.read() as session:
        assert [person.name for person in houses.people_of(session, "3-1-502")] == ["王秀英"]


@pytest.mark.parametrize(("text", "code"), [("", Code.INVALID), ("东边", Code.INVALID), ("3-1-502", Code.EXISTS)])
def test_what_is_no_new_house_is_refused(community: Community, text: str, code: Code) -> None:
    with community.transactions.work(ADMIN) as work:
        houses.add(work, COMMUNITY, "3幢1单元502室")
        with pytest.raises(Problem) as told:
            houses.add(work, COMMUNITY, text)
        assert told.value.code is code
        with pytest.raises(Problem):
            houses.get(work.session, "nothing")
