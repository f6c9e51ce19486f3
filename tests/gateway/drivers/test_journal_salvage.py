"""What a damaged file still gives: all that is proven, and nothing that is not."""

import os
import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.words.event import GENESIS
from gateway.drivers import journal_schema as schema
from gateway.drivers.journal_salvage import proven, salvage
from gateway.ports.journal import Entry, Head
from tests.gateway.world import GATEWAY, bodies

EPOCH = "0123456789abcdef"
PAGE = 4096


def journal(path: Path, events: int) -> list[Entry]:
    schema.create(path, GATEWAY, EPOCH, None)
    connection = schema.connect(path)
    entries = schema.link(GATEWAY, Head(EPOCH, 0, GENESIS), bodies(events))
    connection.execute("BEGIN")
    schema.insert(connection, entries)
    connection.execute("COMMIT")
    connection.close()
    return entries


def kept(target: Path) -> list[Entry]:
    connection = schema.connect(target)
    try:
        return list(schema.entries(connection, 1, -1))
    finally:
        connection.close()


def test_a_sound_file_gives_everything(tmp_path: Path) -> None:
    entries = journal(tmp_path / "j.db", 500)
    assert salvage(tmp_path / "j.db", tmp_path / "s.db", GATEWAY, EPOCH) == 500
    assert kept(tmp_path / "s.db") == entries


def test_what_lies_in_the_log_only_is_there_too(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    journal(path, 3)
    connection = schema.connect(path)
    who = schema.identity(connection, GATEWAY)
    more = schema.link(GATEWAY, schema.head(connection, who), bodies(2, 4))
    schema.insert(connection, more)
    assert salvage(path, tmp_path / "s.db", GATEWAY, EPOCH) == 5
    connection.close()


def test_another_program_lets_go_of_the_file_while_it_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last one out carries the log into the file and removes it (<https://sqlite.org/wal.html>)."""
    path = tmp_path / "j.db"
    journal(path, 3)
    other = schema.connect(path)
    who = schema.identity(other, GATEWAY)
    schema.insert(other, schema.link(GATEWAY, schema.head(other, who), bodies(2, 4)))
    plainly = shutil.copyfile

    def slowly(source: Path, target: Path) -> None:
        plainly(source, target)
        other.close()

    monkeypatch.setattr(shutil, "copyfile", slowly)
    assert salvage(path, tmp_path / "s.db", GATEWAY, EPOCH) == 5


@pytest.mark.parametrize("spoiled_pages", [1, 5])
def test_overwritten_pages_cost_their_events_and_no_others(tmp_path: Path, spoiled_pages: int) -> None:
    path = tmp_path / "j.db"
    entries = journal(path, 3000)
    before = path.stat().st_size
    dice = random.Random(spoiled_pages)
    with path.open("r+b") as file:
        for _ in range(spoiled_pages):
            file.seek(PAGE * dice.randrange(20, before // PAGE))
            file.write(os.urandom(PAGE))
    spoiled = path.read_bytes()
    count = salvage(path, tmp_path / "s.db", GATEWAY, EPOCH)
    found = kept(tmp_path / "s.db")
    assert len(found) == count > 2000
    assert set(found) <= set(entries), "nothing that was not journaled"
    assert path.read_bytes() == spoiled, "the damaged file is not touched"
    assert sorted(p.name for p in tmp_path.iterdir() if "copy" in p.name or "new" in p.name) == []


LEAF = 0x0D
"""First byte of a table's leaf page (SQLite's file format, section 1.6)."""


@pytest.mark.parametrize("where", [-1, -2, 10])
def test_a_page_that_was_written_in_the_place_of_another_ends(tmp_path: Path, where: int) -> None:
    """Then numbers come down on the way up, and whoever goes on behind the last one goes on for ever."""
    path = tmp_path / "j.db"
    entries = journal(path, 3000)
    content = path.read_bytes()
    leaves = [at for at in range(PAGE, len(content), PAGE) if content[at] == LEAF]
    early = content[leaves[5] : leaves[5] + PAGE]
    with path.open("r+b") as file:
        file.seek(leaves[where])
        file.write(early)
    count = salvage(path, tmp_path / "s.db", GATEWAY, EPOCH)
    found = kept(tmp_path / "s.db")
    assert len(found) == count > 2800
    assert set(found) <= set(entries)


def test_behind_a_hole_the_hash_before_the_first_event_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    entries = journal(path, 20)
    connection = schema.connect(path)
    connection.execute("DELETE FROM event WHERE seq IN (5, 6)")
    connection.close()
    salvage(path, tmp_path / "s.db", GATEWAY, EPOCH)
    assert [entry.seq for entry in kept(tmp_path / "s.db")] == [*range(1, 5), *range(8, 21)]
    anchors = schema.connect(tmp_path / "s.db").execute("SELECT * FROM anchor").fetchall()
    assert anchors == [(7, entries[6].hash)]


def pruned(path: Path, upto: Entry) -> None:
    connection = schema.connect(path)
    connection.execute("DELETE FROM event WHERE seq <= ?", (upto.seq,))
    connection.execute("UPDATE journal SET floor_seq = ?, floor_hash = ?", (upto.seq, upto.hash))
    connection.close()


def test_a_file_that_was_pruned_gives_its_first_event_too(tmp_path: Path) -> None:
    entries = journal(tmp_path / "j.db", 10)
    pruned(tmp_path / "j.db", entries[3])
    assert salvage(tmp_path / "j.db", tmp_path / "s.db", GATEWAY, EPOCH) == 6
    assert kept(tmp_path / "s.db") == entries[4:]
    who = schema.identity(schema.connect(tmp_path / "s.db"), GATEWAY)
    assert who == schema.Identity(GATEWAY, EPOCH, 4, entries[3].hash)


def test_a_floor_that_proves_nothing_is_not_believed(tmp_path: Path) -> None:
    entries = journal(tmp_path / "j.db", 10)
    pruned(tmp_path / "j.db", entries[3]._replace(hash=bytes(32)))
    salvage(tmp_path / "j.db", tmp_path / "s.db", GATEWAY, EPOCH)
    assert kept(tmp_path / "s.db") == entries[5:]
    assert schema.identity(schema.connect(tmp_path / "s.db"), GATEWAY).floor_seq == 0


@pytest.mark.parametrize("content", [b"", b"rubbish" * 1000])
def test_a_file_that_is_none_gives_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "j.db").write_bytes(content)
    assert salvage(tmp_path / "j.db", tmp_path / "s.db", GATEWAY, EPOCH) == 0
    assert kept(tmp_path / "s.db") == []


def test_a_file_that_is_gone_gives_nothing(tmp_path: Path) -> None:
    with pytest.raises((OSError, sqlite3.Error)):
        salvage(tmp_path / "j.db", tmp_path / "s.db", GATEWAY, EPOCH)
    assert list(tmp_path.iterdir()) == []


def test_another_gateways_events_are_not_proven(tmp_path: Path) -> None:
    journal(tmp_path / "j.db", 5)
    assert salvage(tmp_path / "j.db", tmp_path / "s.db", "elsewhere", EPOCH) == 0


@given(st.lists(st.sampled_from(["keep", "keep", "keep", "lose", "alter body", "alter hash"]), max_size=40))
def test_only_true_events_are_proven(fates: list[str]) -> None:
    start = Head(EPOCH, 0, GENESIS)
    true = schema.link(GATEWAY, start, bodies(len(fates)))
    rows = []
    for entry, fate in zip(true, fates, strict=True):
        match fate:
            case "keep":
                rows.append(entry)
            case "alter body":
                rows.append(entry._replace(body=entry.body + b" "))
            case "alter hash":
                rows.append(entry._replace(hash=bytes(32)))
    found = list(proven(iter(rows), GATEWAY, start))
    hashes = {0: GENESIS} | {entry.seq: entry.hash for entry in true}
    for before, entry in found:
        assert entry in true
        assert before == hashes[entry.seq - 1]
    sure = [e for e, f in zip(true, fates, strict=True) if f == "keep"]
    sure = [e for e in sure if e.seq == 1 or fates[e.seq - 2] == "keep"]
    assert set(sure) <= {entry for _, entry in found}
