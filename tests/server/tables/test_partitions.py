"""Events by month on a real PostgreSQL: made ahead, filled late, dropped; a plain table becomes a partitioned one."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from server.tables import Row
from server.tables.engine import make_engine
from server.tables.partitions import Month, drop_month, make_months, month_at, months, partition_events

moments = st.integers(0, 4_102_444_800_000)


@given(moments)
def test_every_moment_lies_in_its_month(wall_ms: int) -> None:
    month = month_at(wall_ms)
    assert month.start_ms <= wall_ms < month.plus(1).start_ms
    assert month.plus(1).plus(-1) == month
    assert month.plus(12) == Month(month.year + 1, month.number)


def test_a_month_by_name() -> None:
    assert Month(2026, 11).table == "event_2026_11"
    assert Month(2026, 11).plus(2) == Month(2027, 1)
    assert Month(2026, 3).start_ms == at(2026, 3, 1)


def at(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp()) * 1000


@pytest.fixture
def connection(postgres_url: str) -> Iterator[Connection]:
    engine = make_engine(postgres_url)
    with engine.connect() as made, made.begin():
        yield made
    engine.dispose()


def put(connection: Connection, seq: int, received_ms: int) -> None:
    row = {"gateway_id": "g-1", "epoch": "e", "seq": seq, "body": b"", "hash": b"", "kind": "tap", "clock": "ntp"}
    table = Row.metadata.tables["event"]
    connection.execute(table.insert().values(**row, wall_ms=0, received_ms=received_ms))


def homes(connection: Connection) -> list[tuple[str, int]]:
    statement = "SELECT tableoid::regclass::text, seq FROM event ORDER BY id"
    return [(name, seq) for name, seq in connection.execute(text(statement))]


@pytest.mark.postgres
def test_months_are_made_ahead_filled_late_and_dropped(connection: Connection) -> None:
    Row.metadata.create_all(connection, tables=[Row.metadata.tables["event"]])
    put(connection, 1, at(2026, 1, 31))
    assert homes(connection) == [("event_rest", 1)], "nothing waits for a month to be made"
    assert make_months(connection, at(2026, 3, 15)) == [Month(2026, n) for n in (1, 3, 4, 5, 6)]
    assert make_months(connection, at(2026, 3, 16)) == []
    put(connection, 2, at(2026, 3, 1) - 1)
    put(connection, 3, at(2026, 3, 1))
    put(connection, 4, at(2026, 4, 1) - 1)
    expected = [("event_2026_01", 1), ("event_rest", 2), ("event_2026_03", 3), ("event_2026_03", 4)]
    assert homes(connection) == expected
    assert make_months(connection, at(2026, 4, 1)) == [Month(2026, 2), Month(2026, 7)]
    assert homes(connection) == [("event_2026_02" if seq == 2 else name, seq) for name, seq in expected]
    drop_month(connection, Month(2026, 1))
    assert [seq for _, seq in homes(connection)] == [2, 3, 4]
    assert months(connection) == [Month(2026, n) for n in range(2, 8)]
    with pytest.raises(IntegrityError), connection.begin_nested():
        put(connection, 3, at(2026, 3, 9))


@pytest.mark.postgres
def test_a_plain_table_keeps_its_rows_its_numbers_and_its_indexes(connection: Connection, monkeypatch: object) -> None:
    Row.metadata.create_all(connection, tables=[Row.metadata.tables["event"]])
    connection.execute(text("DROP TABLE event_rest"))
    connection.execute(text("CREATE TABLE plain (LIKE event INCLUDING DEFAULTS INCLUDING INDEXES)"))
    connection.execute(text("ALTER SEQUENCE event_id_seq OWNED BY plain.id"))
    connection.execute(text("DROP TABLE event"))
    connection.execute(text("ALTER TABLE plain RENAME TO event"))
    for seq in (1, 2, 3):
        put(connection, seq, at(2026, seq, 1))
    before = connection.execute(text("SELECT id, seq FROM event ORDER BY id")).all()
    partition_events(connection)
    make_months(connection, at(2026, 3, 1))
    assert connection.execute(text("SELECT id, seq FROM event ORDER BY id")).all() == before
    put(connection, 4, at(2026, 3, 2))
    assert homes(connection)[-2:] == [("event_2026_03", 3), ("event_2026_03", 4)]
    columns = connection.scalars(
        text("SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'event_2026_03'::regclass")
    ).all()
    for wanted in (
        "(point, id)",
        "(card_id, id)",
        "(kind, id)",
        "(wall_ms)",
        "(id, received_ms)",
        "(gateway_id, epoch, seq)",
    ):
        assert any(index.endswith(wanted) for index in columns), wanted
