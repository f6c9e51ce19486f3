"""The connection: what SQLite is told, and which URLs can work."""

import os
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from server.tables import Row
from server.tables.engine import WRITES, database_url, is_sqlite, make_engine


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "server.db"


@pytest.fixture
def sqlite(path: Path) -> Engine:
    return make_engine(f"sqlite:///{path}")


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 60_000),
        ("cache_size", -16_384),
        ("wal_autocheckpoint", 4000),
    ],
)
def test_sqlite_is_durable_and_keeps_its_keys(sqlite: Engine, pragma: str, value: object) -> None:
    with sqlite.connect() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_a_new_file_and_those_beside_it_are_their_owners_alone(sqlite: Engine, path: Path) -> None:
    before = os.umask(0)
    try:
        Row.metadata.create_all(sqlite)
    finally:
        os.umask(before)
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()} == {
        "server.db": "0o600",
        "server.db-shm": "0o600",
        "server.db-wal": "0o600",
    }


def test_rights_that_an_operator_gave_stay(sqlite: Engine, path: Path) -> None:
    path.touch()
    path.chmod(0o640)
    Row.metadata.create_all(sqlite)
    assert path.stat().st_mode & 0o777 == 0o640


def test_foreign_keys_are_kept_on_both(engine: Engine) -> None:
    Row.metadata.create_all(engine)
    insert = "INSERT INTO access_level_point (level_id, point_id) VALUES ('nothing', 'nowhere')"
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(insert))


def test_a_writer_takes_the_lock_at_once_and_readers_go_on(sqlite: Engine, path: Path) -> None:
    Row.metadata.create_all(sqlite)
    impatient = make_engine(f"sqlite:///{path}")
    with sqlite.execution_options(**{WRITES: True}).begin():
        with impatient.connect() as reader:
            reader.execute(text("PRAGMA busy_timeout=1"))
            assert reader.execute(text("SELECT count(*) FROM card")).scalar() == 0
        with impatient.connect() as writer:
            writer.exec_driver_sql("PRAGMA busy_timeout=1")
            writer.exec_driver_sql("COMMIT")
            with pytest.raises(OperationalError, match="locked"):
                writer.exec_driver_sql("BEGIN IMMEDIATE")
            writer.exec_driver_sql("BEGIN")


def test_a_postgres_url_gets_our_driver(engine: Engine) -> None:
    assert database_url("postgresql://db.example/onecard").drivername == "postgresql+psycopg"
    assert is_sqlite(engine) is (engine.dialect.name == "sqlite")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("not a url", "no URL"),
        ("mysql://localhost/x", "only sqlite and postgresql"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
    ],
)
def test_urls_that_cannot_work_are_told_so(url: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make_engine(url)
