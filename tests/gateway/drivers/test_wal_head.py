"""The head of a write-ahead log's index: SQLite itself says when it must change."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.drivers.wal_head import WalHead


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "a.db"
    with closing(connect(path)) as standing:
        standing.execute("CREATE TABLE IF NOT EXISTS t (a)")
        yield path


def connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    return connection


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["commit", "roll back", "read", "truncate", "restart"]), max_size=12))
def test_it_changes_whenever_sqlite_says_that_something_was_committed(base: Path, deeds: list[str]) -> None:
    statements = {
        "commit": ["BEGIN", "INSERT INTO t VALUES (1)", "COMMIT"],
        "roll back": ["BEGIN", "INSERT INTO t VALUES (1)", "ROLLBACK"],
        "read": ["SELECT count(*) FROM t"],
        "truncate": ["PRAGMA wal_checkpoint(TRUNCATE)"],
        "restart": ["PRAGMA wal_checkpoint(RESTART)"],
    }
    with closing(connect(base)) as reader, closing(connect(base)) as writer:
        reader.execute("SELECT * FROM t").fetchone()
        head = WalHead(base)
        seen, version = head.read(), reader.execute("PRAGMA data_version").fetchone()
        for deed in deeds:
            for statement in statements[deed]:
                writer.execute(statement).fetchall()
            now = reader.execute("PRAGMA data_version").fetchone()
            if now != version:
                assert head.read() != seen
            if deed in ("read", "roll back"):
                assert head.read() == seen
            seen, version = head.read(), now
        head.close()


def test_a_database_without_a_log_has_no_head(tmp_path: Path) -> None:
    (tmp_path / "plain.db").touch()
    with pytest.raises(OSError, match="No such file"):
        WalHead(tmp_path / "plain.db")
    (tmp_path / "plain.db-shm").write_bytes(bytes(8))
    with pytest.raises(ValueError, match="too short"):
        WalHead(tmp_path / "plain.db")
    (tmp_path / "plain.db-shm").write_bytes(b"")
    with pytest.raises(ValueError, match="empty"):
        WalHead(tmp_path / "plain.db")
