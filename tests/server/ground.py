"""The ground under a test community: its tables and first rows, made once per test process and laid for every test.

Making them anew costs a third of a second of processor time: more than most tests need for what they ask. A SQLite
file is written as a copy of the first one. On PostgreSQL one database is kept, and its rows are put back: a copy from
a template has a file for each of some hundred tables and indexes to make, and is slower than making the tables.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Dialect, Engine, event
from sqlalchemy.util import LRUCache

from server.tables import Row
from server.tables.engine import make_engine
from tests.support.postgres import Cluster

MAX_COMPILED = 5000
"""Statements that SQLAlchemy keeps compiled, of all engines of the process."""

_dialects: dict[str, Dialect] = {}
_compiled: LRUCache[Any, Any] = LRUCache(MAX_COMPILED)


def warm(engine: Engine) -> None:
    """Let a new engine find compiled what earlier engines of this process compiled; the dialect is part of the key."""
    engine.dialect = _dialects.setdefault(engine.dialect.name, engine.dialect)
    engine.update_execution_options(compiled_cache=_compiled)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _without_waiting_for_the_disk)


def _without_waiting_for_the_disk(connection: Any, _record: object) -> None:
    """Nobody pulls the plug on a community of a test; each commit would wait some milliseconds for the disk."""
    connection.execute("PRAGMA synchronous=OFF")


class SqliteGround:
    """The image of a file."""

    def __init__(self) -> None:
        self._image: bytes | None = None

    def save(self, engine: Engine) -> None:
        """This is how it shall be laid."""
        with engine.connect() as connection:
            self._image = connection.connection.driver_connection.serialize()

    def lay(self, engine: Engine) -> bool:
        """Whether it could be laid: into a file that is not there yet, after the first was saved."""
        if self._image is None:
            return False
        path = Path(str(engine.url.database))
        path.touch(mode=0o600)
        path.write_bytes(self._image)
        return True


class PostgresGround:
    """One database that is kept for all tests of this process; its first rows stand in a schema of their own."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._reset: sql.Composable | None = None
        self._shape: object = None
        self._name = cluster.create()
        self._connection = self._connect()
        self.url = cluster.url(self._name)
        self._idle: set[int] = set()
        self._engine = make_engine(self.url)
        event.listen(self._engine, "checkin", self._checked_in)
        event.listen(self._engine, "checkout", self._not_idle)
        event.listen(self._engine, "close", self._not_idle)

    def _connect(self) -> psycopg.Connection[Any]:
        place = {"host": "127.0.0.1", "port": self._cluster.port, "user": "onecard", "dbname": self._name}
        return psycopg.connect(**place, autocommit=True)

    def engine(self) -> Engine:
        """One whose connections outlive the test: PostgreSQL begins a process for each that knows no table yet."""
        return self._engine.execution_options()

    def _checked_in(self, connection: psycopg.Connection[Any] | None, _record: object) -> None:
        if connection is not None and not connection.closed:
            self._idle.add(connection.info.backend_pid)

    def _not_idle(self, connection: psycopg.Connection[Any], *_more: object) -> None:
        if not connection.closed:
            self._idle.discard(connection.info.backend_pid)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
        self._connection.close()
        self._cluster.drop(self._name)

    def save(self, _engine: Engine) -> None:
        """These are the first rows."""
        # Foreign keys wait for the end.
        steps: list[sql.Composable] = [sql.SQL("BEGIN; SET LOCAL session_replication_role = replica;")]
        self._connection.execute("CREATE SCHEMA first_rows")
        for table in Row.metadata.sorted_tables:
            names = {"table": sql.Identifier(table.name), "first": sql.Identifier("first_rows", table.name)}
            steps.append(sql.SQL("DELETE FROM {table};").format(**names))
            self._connection.execute(sql.SQL("CREATE TABLE {first} AS TABLE {table}").format(**names))
            if self._connection.execute(sql.SQL("SELECT 1 FROM {first} LIMIT 1").format(**names)).fetchone():
                steps.append(sql.SQL("INSERT INTO {table} SELECT * FROM {first};").format(**names))
        for name, value in self._connection.execute("SELECT sequencename, last_value FROM pg_sequences").fetchall():
            steps.append(
                sql.SQL("SELECT setval({}, {}, {});").format(
                    sql.Literal(name), sql.Literal(value or 1), sql.Literal(value is not None)
                )
            )
        self._reset = sql.Composed([*steps, sql.SQL("COMMIT")])
        self._shape = self._columns()

    def _columns(self) -> object:
        """Every column of every table and index: what a test may have added or removed."""
        found = self._connection.execute(
            "SELECT md5(string_agg(concat(relname, attname, atttypid, attisdropped), ',' ORDER BY relname, attnum))"
            " FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid WHERE relnamespace = 'public'::regnamespace"
        )
        return found.fetchone()

    def _end_what_is_at_work(self) -> None:
        """Whatever a test left behind, a program or a thread; what is idle in the pool stays."""
        ours = sql.Literal(list(self._idle))
        self._connection.execute(
            sql.SQL(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL ({})"
            ).format(ours)
        )

    def lay(self, _engine: Engine) -> bool:
        """Whether the first rows were put back; otherwise the database is empty now."""
        if self._reset is None:
            return False
        self._end_what_is_at_work()
        if self._columns() == self._shape:
            self._connection.execute(self._reset)
            return True
        self._reset = None
        self._engine.dispose()
        self._idle.clear()
        self._connection.close()
        self._cluster.drop(self._name)
        self._name = self._cluster.create(self._name)
        self._connection = self._connect()
        return False


_on_file = SqliteGround()
_on_cluster: dict[str, PostgresGround] = {}


def ground_of(engine: Engine) -> SqliteGround | PostgresGround | None:
    """The ground for what is an empty data base until now; None where something is already, or in memory."""
    if engine.dialect.name != "sqlite":
        return _on_cluster.get(engine.url.render_as_string(hide_password=False))
    name = engine.url.database
    return None if name is None or Path(name).exists() else _on_file


def kept_engine(url: str) -> Engine | None:
    """The engine of the database that is kept for communities, if this is its address."""
    ground = _on_cluster.get(url)
    return ground.engine() if ground else None


@pytest.fixture(scope="session")
def kept_postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """The address of the database that is kept for communities."""
    ground = PostgresGround(postgres_cluster)
    _on_cluster[ground.url] = ground
    yield ground.url
    del _on_cluster[ground.url]
    ground.close()
