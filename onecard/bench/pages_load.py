"""How the invented people of `onecard bench pages` get into a data base: streamed, and in minutes for millions.

On PostgreSQL keys and indexes are taken down first, each table is filled by COPY (blocks of its text format) and gets
back its own in one transaction, foreign keys come last. What is still to be brought back stands in a table of the data
base, so that loading that was stopped goes on where it was. Foreign keys come back NOT VALID: what they point to was
streamed right before, and what is written from then on is checked as ever.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, Engine, text

from onecard.bench.pages_town import Rows, Town, rows_of
from server.tables.engine import is_sqlite
from server.tables.partitions import make_months

STREAM_NUMBERS: Final = 20_000
"""Between two words about how far it is."""
BLOCK_ROWS: Final = 2_000
SORT_MEMORY: Final = "2GB"
"""For making the indexes of a town."""
PARTITIONED: Final = "event"
"""Its keys belong to its months: they stay."""

Tell = Callable[[str], None]


def settle(engine: Engine, town: Town, tell: Tell) -> None:
    """Stream everybody into a data base that has none of them yet, or only whole tables of them."""
    fill = _fill_sqlite if is_sqlite(engine) else _fill_postgres
    fill(engine, town, tell)


def _progress(name: str, rows: Callable[[range], Rows], count: int, tell: Tell) -> Rows:
    for first in range(0, count, STREAM_NUMBERS):
        tell(f"{name}: {first:,} of {count:,}   ")
        yield from rows(range(first, min(first + STREAM_NUMBERS, count)))


def _fill_sqlite(engine: Engine, town: Town, tell: Tell) -> None:
    """A table a transaction; its indexes stay, because SQLite drops none that holds up a key."""
    for name, (columns, rows, count) in rows_of(town).items():
        began = time.monotonic()
        with engine.begin() as connection:
            if _is_there(connection, name, columns[0], rows):
                continue
            names, marks = ", ".join(_quoted(columns)), ", ".join("?" * len(columns))
            raw: Any = connection.connection.dbapi_connection
            # The names are of our own tables.
            statement = f"INSERT INTO {name} ({names}) VALUES ({marks})"  # noqa: S608
            raw.executemany(statement, _progress(name, rows, count, tell))
        tell(f"{name}: {count:,} in {time.monotonic() - began:.0f} s\n")
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def _fill_postgres(engine: Engine, town: Town, tell: Tell) -> None:
    with engine.begin() as connection:
        holder_columns, holders, _ = rows_of(town)["holder"]
        begun = connection.scalar(text("SELECT to_regclass(:name) IS NOT NULL"), {"name": _LATER})
        if not begun and _is_there(connection, "holder", holder_columns[0], holders):
            return
        make_months(connection, town.first_tap_ms)
        _take_down(connection, [name for name in rows_of(town) if name != PARTITIONED])
    for name, (columns, rows, count) in rows_of(town).items():
        began = time.monotonic()
        with engine.begin() as connection:
            if _is_there(connection, name, columns[0], rows):
                continue
            copied_s = _copy(connection, name, columns, _progress(name, rows, count, tell))
            tell(f"{name}: {count:,} are in, keys and indexes   ")
            _bring_back(connection, name)
        tell(f"{name}: {count:,} in {time.monotonic() - began:.0f} s (rows {copied_s:.0f} s)\n")
    with engine.begin() as connection:
        _bring_back(connection, None)
        connection.execute(text(f"DROP TABLE {_LATER}"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)"))


def _is_there(connection: Connection, name: str, key: str, rows: Callable[[range], Rows]) -> bool:
    """Whether the first row of a table is in it: then all are."""
    first = next(iter(rows(range(1))))[0]
    found = connection.execute(text(f'SELECT 1 FROM {name} WHERE "{key}" = :first LIMIT 1'), {"first": first})  # noqa: S608
    return found.first() is not None


def _copy(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> float:
    """Rows by COPY [s]. Those of a table that was empty are frozen at once: nobody looks at them again for that."""
    began = time.monotonic()
    empty = table != PARTITIONED and connection.scalar(text(f"SELECT NOT EXISTS (SELECT FROM {table})"))  # noqa: S608
    if empty:
        connection.execute(text(f"TRUNCATE {table}"))
    how = " WITH (FREEZE)" if empty else ""
    raw: Any = connection.connection.dbapi_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(_quoted(columns))}) FROM STDIN{how}") as copy:
        for block in blocks(rows):
            copy.write(block)
    return time.monotonic() - began


def blocks(rows: Iterable[tuple[Any, ...]]) -> Iterator[bytes]:
    """Rows of texts, numbers and bytes in the text format of COPY. No text of theirs has a control character in it.

    <https://www.postgresql.org/docs/current/sql-copy.html>, text format: a backslash is doubled, and bytes are
    hexadecimal behind one.
    """
    stream = iter(rows)
    line = ""
    places: tuple[int, ...] = ()
    while some := list(islice(stream, BLOCK_ROWS)):
        if not line:
            line = "\t".join(["%s"] * len(some[0])) + "\n"
            places = tuple(place for place, value in enumerate(some[0]) if isinstance(value, bytes))
        if places:
            some = [tuple(_hex(v) if n in places else v for n, v in enumerate(row)) for row in some]
        block = "".join([line % row for row in some])
        yield block.encode()


def _hex(value: bytes) -> str:
    return "\\\\x" + value.hex()


_LATER: Final = "bench_later"
"""What has to be brought back: of which table, whether it is a foreign key, by which statement."""


def _take_down(connection: Connection, tables: Sequence[str]) -> None:
    """Drop keys and indexes of these tables and what points to them, unless that was done before."""
    if connection.scalar(text("SELECT to_regclass(:name)"), {"name": _LATER}) is not None:
        return
    connection.execute(text(f"CREATE TABLE {_LATER} (id serial, owner text, is_foreign bool, statement text)"))
    found = connection.execute(text(_CONSTRAINTS), {"ours": list(tables)}).all()
    for table, name, is_foreign, definition in found:
        back = f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
        back += " NOT VALID" if is_foreign else ""
        _drop(connection, table, is_foreign, f'ALTER TABLE {table} DROP CONSTRAINT "{name}"', back)
    for table, name, definition in connection.execute(text(_INDEXES), {"ours": list(tables)}).all():
        _drop(connection, table, False, f"DROP INDEX {name}", definition)


def _drop(connection: Connection, table: str, foreign: bool, drop: str, back: str) -> None:
    connection.execute(text(drop))
    later = text(f"INSERT INTO {_LATER} (owner, is_foreign, statement) VALUES (:owner, :is_foreign, :statement)")  # noqa: S608
    connection.execute(later, {"owner": table, "is_foreign": foreign, "statement": back})


def _bring_back(connection: Connection, table: str | None) -> None:
    """Keys and indexes of a table; the foreign keys of all when none is named."""
    connection.execute(text(f"SET LOCAL maintenance_work_mem = '{SORT_MEMORY}'"))
    mine = "is_foreign" if table is None else "owner = :owner AND NOT is_foreign"
    waiting = text(f"SELECT statement FROM {_LATER} WHERE {mine} ORDER BY id")  # noqa: S608
    for statement in connection.scalars(waiting, {"owner": table} if table else {}).all():
        connection.exec_driver_sql(statement)


_CONSTRAINTS = (
    "SELECT conrelid::regclass::text, conname, contype = 'f', pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE contype = 'f' AND confrelid = ANY(CAST(CAST(:ours AS text[]) AS regclass[])) "
    "OR contype IN ('f', 'p', 'u') AND conrelid = ANY(CAST(CAST(:ours AS text[]) AS regclass[])) "
    "ORDER BY contype <> 'f', conname"
)
_INDEXES = (
    "SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i "
    "LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u') "
    "WHERE i.indrelid = ANY(CAST(CAST(:ours AS text[]) AS regclass[])) AND c.oid IS NULL ORDER BY 2"
)


def _quoted(columns: Sequence[str]) -> list[str]:
    return [f'"{column}"' for column in columns]
