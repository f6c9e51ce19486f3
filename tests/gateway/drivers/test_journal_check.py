"""Is a journal file sound? Every kind of spoiling is found, and a sound one is not blamed."""

import sqlite3
from pathlib import Path

import pytest

from card_protocol.words.event import GENESIS
from gateway.drivers import journal_schema as schema
from gateway.drivers.journal_check import QUICK_TAIL_EVENTS, find_problem
from gateway.ports.journal import Head
from tests.gateway.world import GATEWAY, bodies

EPOCH = "0123456789abcdef"


def journal(path: Path, events: int) -> sqlite3.Connection:
    schema.create(path, GATEWAY, EPOCH, None)
    connection = schema.connect(path)
    connection.execute("BEGIN")
    schema.insert(connection, schema.link(GATEWAY, Head(EPOCH, 0, GENESIS), bodies(events)))
    connection.execute("COMMIT")
    return connection


def problem(connection: sqlite3.Connection, acked: Head | None = None, *, thorough: bool = True) -> str:
    return find_problem(connection, GATEWAY, {acked.epoch: acked} if acked else {}, thorough=thorough) or ""


@pytest.mark.parametrize("events", [0, 1, QUICK_TAIL_EVENTS + 50])
@pytest.mark.parametrize("thorough", [True, False])
def test_a_sound_file_is_sound(tmp_path: Path, events: int, thorough: bool) -> None:
    assert problem(journal(tmp_path / "j.db", events), thorough=thorough) == ""


def test_a_sound_file_that_was_pruned_is_sound(tmp_path: Path) -> None:
    connection = journal(tmp_path / "j.db", 20)
    row = connection.execute("SELECT hash FROM event WHERE seq = 8").fetchone()
    connection.execute("UPDATE journal SET floor_seq = 8, floor_hash = ?", row)
    connection.execute("DELETE FROM event WHERE seq <= 8")
    assert problem(connection) == ""


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        ("UPDATE event SET body = x'7b7d' WHERE seq = 5", "event 5 does not follow"),
        ("UPDATE event SET hash = zeroblob(32) WHERE seq = 5", "event 5 does not follow"),
        ("DELETE FROM event WHERE seq = 5", "event 5 is missing"),
        ("DELETE FROM event WHERE seq = 1", "event 1 is missing"),
        ("UPDATE journal SET epoch = 'ffffffffffffffff'", "event 1 does not follow"),
        ("UPDATE journal SET gateway = 'elsewhere'", "the journal of elsewhere"),
        ("DROP TABLE event", "no such table"),
    ],
)
def test_what_was_altered_is_found(tmp_path: Path, spoil: str, found: str) -> None:
    connection = journal(tmp_path / "j.db", 10)
    connection.execute(spoil)
    assert found in problem(connection)


def test_the_quick_look_sees_the_tail(tmp_path: Path) -> None:
    connection = journal(tmp_path / "j.db", QUICK_TAIL_EVENTS + 50)
    connection.execute("UPDATE event SET body = x'7b7d' WHERE seq = 10")
    assert problem(connection, thorough=False) == ""
    assert "event 10" in problem(connection)
    connection.execute("UPDATE event SET body = x'7b7d' WHERE seq = 200")
    assert "event 200" in problem(connection, thorough=False)


def test_an_older_copy_is_found_by_what_the_server_holds(tmp_path: Path) -> None:
    connection = journal(tmp_path / "j.db", 10)
    tenth = connection.execute("SELECT hash FROM event WHERE seq = 10").fetchone()[0]
    assert problem(connection, Head(EPOCH, 10, tenth)) == ""
    assert "an older copy" in problem(connection, Head(EPOCH, 11, tenth))
    assert "not the one that the server holds" in problem(connection, Head(EPOCH, 9, tenth))
    assert problem(connection, Head("ffffffffffffffff", 11, tenth)) == "", "of another file nothing is said"


def test_pages_that_were_overwritten_are_found(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    connection = journal(path, 2000)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with path.open("r+b") as file:
        file.seek(40 * 4096)
        file.write(b"\xff" * 8192)
    assert problem(schema.connect(path)) != ""


def test_a_device_error_is_not_called_damage(tmp_path: Path) -> None:
    connection = journal(tmp_path / "j.db", 1)
    connection.close()
    with pytest.raises(sqlite3.ProgrammingError):
        find_problem(connection, GATEWAY, thorough=True)
