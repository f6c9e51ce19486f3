"""People."""

import pytest
from pydantic import ValidationError

from server.services import audit
from server.services.people import holders, houses
from server.services.people.holders import HolderIn, HolderKind
from server.services.problems import Code, Problem
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, Community


def test_a_person_is_entered_with_a_pseudonym_that_says_nothing(community: Community) -> None:
    first, second = community.holder("王秀英"), community.holder("王秀英")
    assert first.pseudonym != second.pseudonym
    assert len(first.pseudonym) == 16
    assert (first.created_ms, first.kind) == (NOW_MS, HolderKind.RESIDENT)
    with community.transactions.read() as session:
        assert holders.get(session, first.id) == first


def test_people_are_found_by_name_house_and_telephone(community: Community) -> None:
    one = community.holder("王秀英", house="3-1-502", phone_tail="4711")
    other = community.holder("单建国", house="5-2-101", phone_tail="0815")
    with community.transactions.read() as session:
        for text, found in (("秀英", [one]), ("5-2", [other]), ("4711", [one]), ("", [other, one]), ("%", [])):
            assert holders.search(session, text).items == found


def test_a_list_is_read_in_pages(community: Community) -> None:
    everybody = [community.holder(f"居民{n}").id for n in range(5)][::-1]
    with community.transactions.read() as session:
        first = holders.search(session, limit=3)
        second = holders.search(session, limit=3, after=first.next)
    assert [h.id for h in (*first.items, *second.items)] == everybody
    assert second.next is None


def test_a_correction_is_in_the_trail(community: Community) -> None:
    person = community.holder("王秀英")
    community.now[0] = NOW_MS + 1000
    with community.transactions.work(ADMIN) as work:
        changed = holders.change(work, person.id, HolderIn(name="王秀瑛", house="3-1-502"))
        line = audit.trail(work.session, subject=f"holder:{person.id}").items[0]
    assert (changed.name, changed.changed_ms) == ("王秀瑛", NOW_MS + 1000)
    assert "王秀英" in line.before
    assert "王秀瑛" in line.after


@pytest.mark.parametrize(
    "fields", [{"name": " "}, {"name": "x\x00y"}, {"name": "x", "phone_tail": "12"}, {"name": "x", "age": "7"}]
)
def test_what_is_no_person_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        HolderIn.model_validate(fields)


def test_nobody_and_nowhere_are_problems(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        with pytest.raises(Problem) as told:
            holders.get(work.session, "01HZZZZZZZZZZZZZZZZZZZZZZZ")
        assert told.value.code is Code.NOT_FOUND
        with pytest.raises(Problem) as told:
            holders.add(work, COMMUNITY[:-1] + "9", HolderIn(name="x"))
        assert told.value.code is Code.INVALID


def test_whoever_lives_here_lives_in_a_house_of_the_list_once_there_is_one(community: Community) -> None:
    before = community.holder("王秀英", house="9-9-999")
    with community.transactions.work(ADMIN) as work:
        houses.add(work, COMMUNITY, "3-1-502")
        for house in ("3幢1单元502室", ""):
            holders.add(work, COMMUNITY, HolderIn(name="王建国", house=house))
        holders.add(work, COMMUNITY, HolderIn(name="单建国", house="警务室", kind=HolderKind.WORKER))
        holders.change(work, before.id, HolderIn(name="王秀瑛", house="9幢9单元999室"))
        for wrong in (
            lambda: holders.add(work, COMMUNITY, HolderIn(name="王建国", house="3-1-503")),
            lambda: holders.change(work, before.id, HolderIn(name="王秀瑛", house="9-9-998")),
        ):
            with pytest.raises(Problem) as told:
                wrong()
            assert (told.value.code, set(told.value.fields)) == (Code.INVALID, {"house"})


def test_somebody_of_the_same_name_house_and_telephone_is_alike(community: Community) -> None:
    one = community.holder("王秀英", house="3幢1单元502室", phone_tail="4711")
    community.holder("王秀英", house="3-1-502", phone_tail="4712")
    with community.transactions.read() as session:
        for typed, found in (("3幢1单元502", [one]), ("3-1-503", [])):
            person = HolderIn(name="王秀英 ", house=typed, phone_tail="4711")
            assert holders.alike(session, COMMUNITY, person) == found


def test_people_by_their_whole_name(community: Community) -> None:
    found = [community.holder("王秀英").id, community.holder("王秀英").id]
    community.holder("王秀英子")
    with community.transactions.read() as session:
        assert sorted(holders.named(session, "王秀英")) == sorted(found)
