"""How a data base is opened, and what a file says that rots."""

import sqlite3
from pathlib import Path

import pytest

from gateway.drivers.sqlite_faults import Illegible, is_damage
from gateway.drivers.sqlite_open import durable


def test_what_is_committed_is_on_the_disk(tmp_path: Path) -> None:
    connection = durable(sqlite3.connect(tmp_path / "x.db"), "auto_vacuum = INCREMENTAL")
    asked = [
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "auto_vacuum")
    ]
    assert asked == ["wal", 2, 2]
    connection.close()


def test_a_description_that_is_no_text_is_damage(tmp_path: Path) -> None:
    """SQLite quotes it in its error, and Python fails over the quotation."""
    path = tmp_path / "x.db"
    first = sqlite3.connect(path)
    first.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY)")
    first.commit()
    first.close()
    content = path.read_bytes()
    path.write_bytes(
        content.replace(b"eventevent", b"\x8d\x8dent\x8d\x8dent").replace(b"CREATE TABLE", b"CREATE TABLX")
    )
    connection = sqlite3.connect(path)
    with pytest.raises(Illegible) as caught:
        durable(connection)
    assert is_damage(caught.value)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_a_file_that_is_none_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"this is no data base" * 100)
    with pytest.raises(sqlite3.DatabaseError) as caught:
        durable(sqlite3.connect(path))
    assert is_damage(caught.value)
