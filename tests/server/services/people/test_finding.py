"""Finding people on both data bases."""

from typing import Any

import pytest
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from server.services.people import finding, holders
from server.services.people.holders import HolderIn
from server.tables import CardRow, HolderKeyRow
from tests.server.build import ADMIN, Community


def names(community: Community, text: str, **options: object) -> list[str]:
    with community.transactions.read() as session:
        return [row.name for row in finding.find(session, text, **options).items]


@pytest.fixture
def people(community: Community) -> Community:
    for name, house, tail in (
        ("单秀英", "3-1-502", "4711"),
        ("单于飞", "3-1-503", "0815"),
        ("王秀英", "5-2-101", "4712"),
        ("John Smith", "9-1-1901", ""),
    ):
        community.holder(name, house=house, phone_tail=tail)
    return community


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("单", {"单秀英", "单于飞"}),
        ("秀英", {"单秀英", "王秀英"}),
        ("sxy", {"单秀英"}),
        ("shanxiu", {"单秀英"}),
        ("xiuying", {"单秀英", "王秀英"}),
        ("SMITH", {"John Smith"}),
        ("3-1", {"单秀英", "单于飞"}),
        ("502", {"单秀英"}),
        ("3幢1单元502室", {"单秀英"}),
        ("3幢1单元50", {"单秀英", "单于飞"}),
        ("9幢", {"John Smith"}),
        ("3幢 1单元 502室", {"单秀英"}),
        ("502室", {"单秀英"}),
        ("单 503室", {"单于飞"}),
        ("471", {"单秀英", "王秀英"}),
        ("单 503", {"单于飞"}),
        ("xiuying 5-2", {"王秀英"}),
        ("xiuying 9-1", set()),
        ("nobody", set()),
        ("%", set()),
        ("_", set()),
    ],
)
def test_by_every_key_and_by_several(people: Community, text: str, found: set[str]) -> None:
    hits = names(people, text)
    assert set(hits) == found
    assert len(hits) == len(found), "each person once"


def test_the_holder_of_a_card_of_that_number_stands_first(people: Community) -> None:
    card = people.active_card()
    assert card.number == 1
    hits = names(people, "1")
    assert hits[0] == card.holder_name
    with people.transactions.read() as session:
        found = finding.find(session, "1").items
    assert len({row.id for row in found}) == len(found)


def test_the_end_of_a_telephone_number_is_no_card_number(people: Community) -> None:
    card = people.active_card()
    tail = people.holder("丁一", house="7-7-7", phone_tail="0001")
    assert (card.number, names(people, "0001")) == (1, [tail.name])
    assert [names(people, text)[0] for text in ("No. 1", "1 号", "１号")] == [card.holder_name] * 3


def test_a_correction_is_found_by_what_is_true_now(people: Community) -> None:
    person = people.holder("赵一", house="1-1-1")
    with people.transactions.work(ADMIN) as work:
        holders.change(work, person.id, HolderIn(name="钱二", house="2-2-2"))
    assert names(people, "zhaoyi") == []
    assert names(people, "qianer") == ["钱二"]
    with people.transactions.read() as session:
        keys = session.exec(select(HolderKeyRow.key).where(HolderKeyRow.holder_id == person.id)).all()
    assert "1-1-1" not in keys


@pytest.mark.parametrize("text", ["", "李", "l", "1"])
def test_pages_lose_nobody_and_double_nobody(community: Community, text: str) -> None:
    for number in range(11):
        community.holder(f"李{'一二三四五六七八九十百'[number]}", house=f"1-{number}")
    seen: list[str] = []
    after: str | None = None
    for _ in range(20):
        with community.transactions.read() as session:
            page = finding.find(session, text, after=after, limit=3)
        seen += [row.id for row in page.items]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 11


def test_a_place_that_is_none_begins_at_the_beginning(people: Community) -> None:
    assert set(names(people, "单", after="nonsense")) == {"单秀英", "单于飞"}


def test_a_search_walks_along_the_index(people: Community) -> None:
    """However many people there are, a search must not read them all."""
    from sqlalchemy import text as sql

    with people.transactions.read() as session:
        statement = (
            "SELECT key FROM holder_key WHERE key >= 'wang' AND key < 'wang\U0010ffff' ORDER BY key, holder_id LIMIT 3"
        )
        if session.get_bind().dialect.name == "sqlite":
            plan = " ".join(str(row) for row in session.execute(sql("EXPLAIN QUERY PLAN " + statement)))
            assert "SEARCH" in plan
            assert "TEMP B-TREE" not in plan
        else:
            session.execute(sql("SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"))
            plan = " ".join(str(row) for row in session.execute(sql("EXPLAIN " + statement)))
            assert "Index" in plan
            assert "Sort" not in plan


def test_the_rarer_word_drives_and_pages_go_on_where_they_were(community: Community) -> None:
    for number in range(9):
        community.holder("李明", house=f"7-{number}")
    community.holder("李明", house="8-1")
    assert names(community, "li 8-1") == ["李明"]
    assert names(community, "8-1 li") == ["李明"]
    seen: list[str] = []
    after: str | None = None
    for _ in range(9):
        with community.transactions.read() as session:
            page = finding.find(session, "liming 7-", after=after, limit=2)
        seen += [row.id for row in page.items]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 9


@pytest.mark.parametrize("dialect", [postgresql.dialect(), sqlite.dialect()])
def test_a_second_word_is_looked_up_for_each_person_and_not_gathered(dialect: Any) -> None:
    """PostgreSQL turns `exists` into a join with everybody whom the word fits; a scalar subquery it leaves alone."""
    asked = select(CardRow.id).where(finding._has(col(CardRow.holder_id), "wang"))
    said = " ".join(str(asked.compile(dialect=dialect)).replace('"', "").split())
    assert "EXISTS" not in said
    assert said.startswith(
        "SELECT card.id FROM card WHERE (SELECT holder_key_1.key FROM holder_key AS holder_key_1 WHERE"
    )
    assert said.endswith("IS NOT NULL")
