"""The data base connection: SQLite by default, PostgreSQL by URL (design § 7).

SQLite runs with WAL, synchronous=FULL, foreign keys and a busy timeout. Its transactions begin explicitly:
`IMMEDIATE` for those that write, because one that starts reading and writes later fails at once instead of
waiting when another wrote in between (sqlite.org/lang_transaction.html, § 2.2).

A new file is its owner's alone: it holds names, whereabouts and password hashes. SQLite gives the files beside it
(-wal, -shm) the same rights.
"""

import contextlib
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, make_url

BUSY_TIMEOUT_MS = 60_000
"""A tap that comes while a list of 20,000 people is taken over or back waits: it does not fail."""
POOL_CONNECTIONS = 10
CACHE_KIB = 16_384
"""At most, of each connection. An event goes to a random place of three indexes: with SQLite's own 2 MiB each of these
pages was read and written again and again from 50,000 events on."""
CHECKPOINT_PAGES = 4000
"""How far the log grows (16 MiB) before pages go from it to the file: the more, the oftener one that changes a lot is
copied only once."""
WRITES = "onecard_writes"
"""Execution option of a connection that is going to write."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    f"PRAGMA cache_size=-{CACHE_KIB}",
    f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}",
)


def database_url(text: str) -> URL:
    """A URL as people write it -> one with our driver; ValueError says what is allowed."""
    try:
        url = make_url(text)
    except Exception as error:
        raise ValueError("database_url is no URL; write sqlite:///file.db or postgresql://host/name") from error
    if url.get_backend_name() == "sqlite":
        return url
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    raise ValueError(f"database_url names {url.drivername}; only sqlite and postgresql are possible")


def make_engine(text: str) -> Engine:
    """An engine for a data base URL. ValueError on a URL that cannot work."""
    url = database_url(text)
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_size=POOL_CONNECTIONS, pool_pre_ping=True)
    if url.database in (None, "", ":memory:"):
        raise ValueError("database_url must name a file: every thread would get its own data base in memory")
    engine = create_engine(url, connect_args={"check_same_thread": False}, pool_size=POOL_CONNECTIONS)
    event.listen(engine, "do_connect", _make_private)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def is_sqlite(engine: Engine | Connection) -> bool:
    """Whether this is SQLite, where one process writes and there is one intake worker."""
    return engine.dialect.name == "sqlite"


def _make_private(_dialect: object, _record: object, args: list[Any], _options: object) -> None:
    """Make a missing file with mode 0600; rights that an operator gave to one that is there stay."""
    if not str(args[0]).startswith("file:"):
        with contextlib.suppress(OSError):  # SQLite meets the same trouble and says it
            Path(args[0]).touch(mode=0o600)


def insert_into(connection: Connection, table: Any) -> Any:
    """An insert that can say `on_conflict_…`: both dialects have the clause, each in an insert of its own."""
    return sqlite.insert(table) if is_sqlite(connection) else postgresql.insert(table)


def _prepare(raw: Any, _record: object) -> None:
    raw.isolation_level = None  # the driver begins nothing by itself; _begin does
    for pragma in _PRAGMAS:
        raw.execute(pragma)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
