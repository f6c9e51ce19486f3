"""Where the journal lives, and how a new one takes over."""

from pathlib import Path

import pytest

from card_protocol.words.event import Event, EventKind
from gateway.drivers import journal_schema as schema
from gateway.drivers.journal_place import FILES_MAX, JournalPlace
from tests.gateway.world import GATEWAY, HandClock


def place(folder: Path, mark: int = 1) -> JournalPlace:
    return JournalPlace(folder, GATEWAY, HandClock(), lambda n: bytes([mark]) * n)


def test_a_new_journal_is_empty_and_tells_nothing(tmp_path: Path) -> None:
    where = place(tmp_path)
    assert where.renew(None) == ""
    connection = where.connect()
    assert schema.identity(connection, GATEWAY).epoch == "01" * 8
    assert list(schema.entries(connection, 1, 9)) == []
    assert (tmp_path / "journal.db").resolve().name == f"journal-{'01' * 8}.db"


def test_a_successor_tells_what_was_wrong_and_where_the_old_one_is(tmp_path: Path) -> None:
    place(tmp_path).renew(None)
    where = place(tmp_path, mark=2)
    assert where.renew("the disk ate it") == f"journal-{'01' * 8}.db"
    (entry,) = schema.entries(where.connect(), 1, 9)
    told = Event.from_bytes(entry.body)
    assert told.kind is EventKind.JOURNAL_DAMAGED
    assert told.detail == {"set_aside": f"journal-{'01' * 8}.db", "problem": "the disk ate it"}
    assert (tmp_path / f"journal-{'01' * 8}.db").exists()


def test_a_long_story_is_cut(tmp_path: Path) -> None:
    where = place(tmp_path)
    where.renew("x" * 10_000)
    assert len(next(schema.entries(where.connect(), 1, 1)).body) < 1000


def test_a_disk_that_damages_everything_is_not_filled(tmp_path: Path) -> None:
    for number in range(FILES_MAX):
        (tmp_path / f"journal-{number}.db").touch()
    with pytest.raises(OSError, match="the disk is failing"):
        place(tmp_path).renew("again")
