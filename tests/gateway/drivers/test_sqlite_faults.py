"""Whose fault an SQLite error is."""

import sqlite3
from pathlib import Path

import pytest

from gateway.drivers.sqlite_faults import NotOurs, is_damage, is_full


def test_garbage_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"this is no data base" * 100)
    with pytest.raises(sqlite3.DatabaseError) as caught:
        sqlite3.connect(path).execute("SELECT * FROM sqlite_schema")
    assert is_damage(caught.value)


def test_somebody_elses_file_is_damage() -> None:
    assert is_damage(NotOurs("another format"))


def test_a_row_longer_than_any_is_damage() -> None:
    connection = sqlite3.connect(":memory:")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1000)
    with pytest.raises(sqlite3.DataError) as caught:
        connection.execute("SELECT zeroblob(2000)").fetchone()
    assert is_damage(caught.value)


def test_a_text_that_is_none_is_damage() -> None:
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect(":memory:").execute("SELECT CAST(x'8d' AS TEXT)").fetchone()
    assert is_damage(caught.value)


def test_a_lock_is_not_damage(tmp_path: Path) -> None:
    holder, waiter = (sqlite3.connect(tmp_path / "x.db", timeout=0, isolation_level=None) for _ in range(2))
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError) as caught:
        waiter.execute("BEGIN IMMEDIATE")
    assert not is_damage(caught.value)


def test_our_own_mistake_is_not_damage() -> None:
    connection = sqlite3.connect(":memory:")
    connection.close()
    with pytest.raises(sqlite3.ProgrammingError) as caught:
        connection.execute("SELECT 1")
    assert not is_damage(caught.value)


def test_a_file_that_may_not_grow_is_full(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    connection.execute("CREATE TABLE t (x BLOB)")
    connection.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
    assert is_full(caught.value)
    assert not is_damage(caught.value)
