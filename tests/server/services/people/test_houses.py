"""The list of houses."""

import pytest
from sqlalchemy import event

from server.services.people import households, houses
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
        assert [one.code for one in houses.listing(session, COMMUNITY, "3幢").items] == [
            "3-1-99",
            "3-1-502",
            "3-1-1201",
        ]
        assert [one.code for one in houses.listing(session, COMMUNITY, "10").items] == ["10-1-101"]
        assert houses.listing(session, COMMUNITY, "%").items == []
        assert houses.get(session, listed.items[0].id) == listed.items[0]


def test_who_lives_in_the_houses_of_a_page_is_one_question(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, house in (("王秀英", "3-1-502"), ("单建国", "3-1-503"), ("丁一", "3-1-502"), ("钱二", "9-9-999")):
        community.holder(name, house=house)
    asked: list[str] = []
    event.listen(community.transactions.engine, "before_cursor_execute", lambda *words: asked.append(words[2]))
    with community.transactions.read() as session:
        found = houses.people_of(session, ["3-1-502", "3-1-503", "3-1-504"])
        assert {code: [person.name for person in people] for code, people in found.items()} == {
            "3-1-502": ["丁一", "王秀英"], "3-1-503": ["单建国"], "3-1-504": [],
        }  # fmt: skip
        assert sum(statement.startswith("SELECT") for statement in asked) == 1
        monkeypatch.setattr(houses, "MAX_PEOPLE", 1)
        crowded = houses.people_of(session, ["3-1-502", "3-1-503"])
        assert [len(people) for people in crowded.values()] == [1, 1], "a hostel takes no room from its neighbours"


@pytest.mark.parametrize(("text", "code"), [("", Code.INVALID), ("东边", Code.INVALID), ("3-1-502", Code.EXISTS)])
def test_what_is_no_new_house_is_refused(community: Community, text: str, code: Code) -> None:
    with community.transactions.work(ADMIN) as work:
        houses.add(work, COMMUNITY, "3幢1单元502室")
        with pytest.raises(Problem) as told:
            houses.add(work, COMMUNITY, text)
        assert told.value.code is code
        with pytest.raises(Problem):
            houses.get(work.session, "nothing")


def test_who_was_registered_before_the_list_lives_in_its_houses(community: Community) -> None:
    person = community.holder("王秀英", house="4幢2单元501室")
    assert person.house == "4-2-501"
    with community.transactions.work(ADMIN) as work:
        made = houses.add(work, COMMUNITY, "4-2-501")
    with community.transactions.read() as session:
        (home,) = households.of_house(session, made.id)
        assert [member.holder_id for member in home.members] == [person.id]
        assert [row.id for row in houses.people_of(session, ["4-2-501"])["4-2-501"]] == [person.id]
