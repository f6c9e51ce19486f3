"""How invented people get into a data base: as if they had been entered; loading goes on where it was stopped."""

import pytest
from sqlmodel import Session, select

from onecard.bench import pages
from onecard.bench.pages_load import blocks, settle
from onecard.bench.pages_town import Town, house_id, id_of, person, rows_of
from server.services.opening import transactions_on
from server.services.people import finding, holders, households
from server.services.work import SYSTEM
from server.tables import CardRow, HouseRow
from server.tables.engine import is_sqlite, make_engine
from server.tables.migrate import migrate
from server.tables.partitions import make_months

PEOPLE = 400


class Stopped(Exception):
    pass


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_town_is_found_as_if_it_had_been_entered(kind, request, tmp_path):
    url = f"sqlite:///{tmp_path / 'server.db'}" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    engine = make_engine(url)
    migrate(engine)
    transactions = transactions_on(engine)
    town, told = Town(PEOPLE, transactions.clock()), []
    with transactions.work(SYSTEM) as work:
        pages.found(work, town)
    with engine.begin() as connection:
        if not is_sqlite(connection):
            make_months(connection, town.first_tap_ms)
        before = shape(connection)

    def until_the_cards(what):
        told.append(what)
        if what.startswith("card: "):
            raise Stopped

    with pytest.raises(Stopped):
        settle(engine, town, until_the_cards)
    settle(engine, town, told.append)
    assert sum(line.startswith("house: 134 in ") for line in told) == 1, "what was in is not loaded again"
    settle(engine, town, told.append)
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


def test_blocks_are_in_the_text_format_of_copy():
    assert list(blocks([("单", 1, b"\x00\\"), ("a", 2, b"")])) == ["单\t1\t\\\\x005c\na\t2\t\\\\x\n".encode()]
    assert list(blocks([])) == []
    assert b"".join(blocks((str(n),) for n in range(5000))).split() == [str(n).encode() for n in range(5000)]


def shape(connection):
    """What of keys and indexes a data base has."""
    if is_sqlite(connection):
        return None
    sql = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    keys = "SELECT conrelid::regclass::text, contype, replace(pg_get_constraintdef(oid), ' NOT VALID', '') "
    keys += "FROM pg_constraint WHERE contype IN ('p', 'u', 'f') ORDER BY 1, 2, 3"
    return [sorted(map(tuple, connection.exec_driver_sql(text))) for text in (sql, keys)]
