"""Rows of a list beside what there is."""

from server.services.lists.import_check import HOUSE_UNKNOWN, SEVERAL, Checked
from server.services.lists.import_columns import Column, Subject
from server.services.lists.import_match import Matched, Seen, Status, match
from server.services.people import houses
from tests.server.build import ADMIN, COMMUNITY, Community


def fates(community: Community, *rows: dict[str, object], subject: Subject = Subject.PEOPLE) -> list[Matched]:
    numbered = [(number, Checked(dict(values))) for number, values in enumerate(rows, 2)]
    with community.transactions.read() as session:
        return list(match(session, COMMUNITY, subject, numbered, Seen()).values())


def test_new_changed_and_the_same(community: Community) -> None:
    person = community.holder("王秀英", house="3幢1单元502室", phone_tail="4711")
    same, changed, new = fates(
        community,
        {"name": "王秀英", "phone_tail": "4711"},
        {"name": "单建国", "house": "5-2-101"},
        {"name": "王秀英", "house": "9-9-101"},
    )
    assert (same.status, same.target) == (Status.SAME, person.id)
    assert (changed.status, new.status) == (Status.NEW, Status.NEW)
    (only,) = fates(community, {"name": "王秀英", "house": "3-1-502", "phone_tail": "4711", "tags": ["独居"]})
    assert only.status is Status.CHANGED
    assert only.before == {"tags": []}


def test_a_number_finds_the_person_under_another_name_and_house(community: Community) -> None:
    community.holder("王秀英", house="3-1-502")
    (first,) = fates(community, {"name": "王秀英", "house": "3-1-502", "id_mark": "m"})
    assert (first.status, first.before) == (Status.CHANGED, {"id_mark": None})


def test_one_person_stands_in_a_list_once(community: Community) -> None:
    community.holder("王秀英", house="3-1-502", phone_tail="4711")
    one, other = fates(community, {"name": "王秀英", "house": "3-1-502"}, {"name": "王秀英", "phone_tail": "4711"})
    assert one.status is Status.SAME
    assert (other.status, other.flaws) == (Status.WRONG, {Column.NAME: "twice 2"})
    new, twin = fates(community, {"name": "单建国", "house": "1-1-101"}, {"name": "单建国", "house": "1-1-101"})
    assert (new.status, twin.flaws) == (Status.NEW, {Column.NAME: "twice 2"})


def test_several_people_of_one_name_are_told_apart_or_asked_about(community: Community) -> None:
    community.holder("王秀英", house="3-1-502")
    other = community.holder("王秀英", house="3-1-503")
    vague, exact = fates(community, {"name": "王秀英"}, {"name": "王秀英", "house": "3-1-503"})
    assert vague.flaws == {Column.NAME: SEVERAL}
    assert exact.target == other.id


def test_where_there_is_a_list_of_houses_people_live_in_one_of_them(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        houses.add(work, COMMUNITY, "3-1-502", "顶楼")
    there, nowhere, worker = fates(
        community,
        {"name": "王秀英", "house": "3-1-502"},
        {"name": "单建国", "house": "9-9-999"},
        {"name": "赵大勇", "house": "警务室", "kind": "worker"},
    )
    assert there.status is Status.NEW
    assert nowhere.flaws == {Column.HOUSE: HOUSE_UNKNOWN}
    assert worker.status is Status.NEW
    same, changed, new = fates(
        community,
        {"code": "3-1-502"},
        {"code": "3-1-503"},
        {"code": "3-1-502", "note": "底楼"},
        subject=Subject.HOUSES,
    )
    assert (same.status, changed.status, new.flaws) == (Status.SAME, Status.NEW, {Column.HOUSE: "twice 2"})
