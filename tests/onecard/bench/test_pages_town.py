"""Invented people: the same by every question, like those whom a clerk enters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from onecard.bench import pages
from onecard.bench.pages_town import Town, house_id, house_of, id_of, person, rows_of, settle
from server.services.opening import transactions_on
from server.services.people import finding, holders, households
from server.services.people.cells import house_code
from server.services.work import SYSTEM
from server.tables import CardRow, HouseRow
from server.tables.engine import is_sqlite, make_engine
from server.tables.migrate import migrate

PEOPLE = 400
numbers = st.integers(0, 10**7)


@given(numbers)
def test_somebody_is_the_same_whenever_asked_and_lives_in_a_house(number):
    one = person(number)
    assert one == person(number)
    assert house_code(one.house) == one.house
    assert 2 <= len(one.name) <= 3
    assert len(one.phone_tail) == 4


@given(st.sets(numbers, min_size=2, max_size=20))
def test_ids_and_houses_are_everybodys_own(some):
    assert len({id_of(number) for number in some}) == len(some)
    assert len({house_of(number) for number in some}) == len(some)
    assert [id_of(number) for number in sorted(some)] == sorted(map(id_of, some)), "in the order of their coming"


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_town_is_found_as_if_it_had_been_entered(kind, request, tmp_path):
    url = f"sqlite:///{tmp_path / 'server.db'}" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    engine = make_engine(url)
    migrate(engine)
    transactions = transactions_on(engine)
    town, told = Town(PEOPLE, transactions.clock()), []
    with transactions.work(SYSTEM) as work:
        pages.found(work, town)
    with engine.connect() as connection:
        before = shape(connection)
    with engine.begin() as connection:
        settle(connection, town, told.append)
    with engine.connect() as connection:
        assert shape(connection) == before, "keys and indexes are as they were"
    assert any("holder: 400" in line for line in told)
    one = person(123)
    with Session(engine) as session:
        for text in (one.name, one.house, f"{one.name} {one.phone_tail}"):
            assert one.id in [row.id for row in finding.find(session, text, limit=100).items], text
        home = households.of_house(session, house_id(123 // 3))
        assert {member.holder_id for member in home[0].members} == {id_of(number) for number in (123, 124, 125)}
        assert session.get(HouseRow, house_id(41)).code == one.house
        assert session.exec(select(CardRow).where(CardRow.number == 124)).one().holder_id == one.id
    with transactions.work(SYSTEM) as work:
        added = holders.add(work, pages.COMMUNITY, holders.HolderIn(name="王秀英"))
    assert added.id not in set(map(id_of, range(PEOPLE)))
    assert {len(columns) for columns, *_ in rows_of(town).values()} == {2, 4, 7, 9, 10, 14, 15}
    engine.dispose()


def shape(connection):
    """What of keys and indexes a data base has."""
    if is_sqlite(connection):
        return None
    sql = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    keys = "SELECT conrelid::regclass::text, contype, replace(pg_get_constraintdef(oid), ' NOT VALID', '') "
    keys += "FROM pg_constraint WHERE contype IN ('p', 'u', 'f') ORDER BY 1, 2, 3"
    return [sorted(map(tuple, connection.exec_driver_sql(text))) for text in (sql, keys)]
