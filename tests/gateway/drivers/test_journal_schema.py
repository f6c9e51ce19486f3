"""The journal's tables, and its chain against literal bytes."""

import hashlib
import sqlite3
from pathlib import Path

import pytest

from card_protocol.words.event import GENESIS
from gateway.drivers import journal_schema as schema
from gateway.drivers.sqlite_faults import NotOurs
from gateway.ports.journal import Head

EPOCH = "0123456789abcdef"
BODIES = [b'{"kind":"tap"}', b'{"kind":"gap"}']
HASHES = [
    "8f0a4f4cad210b24c53f474e8e1670ff034430cda1a4ec7e8c5b303dc8259a11",
    "6dc1dd0885da277a3302cd863e48e4c0769f878a7baa07353cb81a021a2ab821",
]


@pytest.fixture
def connection(tmp_path: Path) -> sqlite3.Connection:
    schema.create(tmp_path / "j.db", "shanxian-1", EPOCH, None)
    return schema.connect(tmp_path / "j.db")


def test_the_chain_is_these_bytes() -> None:
    entries = schema.link("shanxian-1", Head(EPOCH, 0, GENESIS), BODIES)
    assert [entry.hash.hex() for entry in entries] == HASHES


def test_the_literals_follow_from_the_written_rule() -> None:
    """SHA-256(tag ‖ gateway ‖ 00 ‖ epoch ‖ seq ‖ len ‖ body ‖ previous), spelled out without the code under test."""
    previous = bytes(32)
    for seq, (body, expected) in enumerate(zip(BODIES, HASHES, strict=True), 1):
        numbers = seq.to_bytes(8, "big") + len(body).to_bytes(8, "big")
        whole = b"onecard.event.v1\x00shanxian-1\x00\x01\x23\x45\x67\x89\xab\xcd\xef" + numbers + body + previous
        previous = hashlib.sha256(whole).digest()
        assert previous.hex() == expected


def test_an_empty_journal_ends_where_it_begins(connection: sqlite3.Connection) -> None:
    who = schema.identity(connection, "shanxian-1")
    assert schema.head(connection, who) == Head(EPOCH, 0, GENESIS)
    assert schema.hash_of(connection, who, 0) == GENESIS
    assert schema.hash_of(connection, who, 1) is None


def test_entries_come_back_as_they_went_in(connection: sqlite3.Connection) -> None:
    who = schema.identity(connection, "shanxian-1")
    written = schema.link("shanxian-1", schema.head(connection, who), BODIES)
    schema.insert(connection, written)
    assert list(schema.entries(connection, 1, 10)) == written
    assert list(schema.entries(connection, 2, 10)) == written[1:]
    assert schema.head(connection, who) == Head(EPOCH, 2, bytes.fromhex(HASHES[1]))


def test_a_first_event_is_in_the_file_from_the_start(tmp_path: Path) -> None:
    schema.create(tmp_path / "k.db", "shanxian-1", EPOCH, BODIES[0])
    connection = schema.connect(tmp_path / "k.db")
    assert [entry.body for entry in schema.entries(connection, 1, 10)] == BODIES[:1]
    assert not (tmp_path / "k.db-wal").exists() or (tmp_path / "k.db-wal").stat().st_size == 0


def test_what_it_promises_the_disk(connection: sqlite3.Connection) -> None:
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2, "FULL"


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    schema.create(tmp_path / "k.db", "shanxian-1", EPOCH, None)
    assert (tmp_path / "k.db").stat().st_mode & 0o077 == 0


def test_another_gateways_journal_is_not_ours(connection: sqlite3.Connection) -> None:
    with pytest.raises(NotOurs, match="the journal of shanxian-1, not of shanxian-2"):
        schema.identity(connection, "shanxian-2")


def test_another_format_is_not_ours(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE journal SET format = 2")
    with pytest.raises(NotOurs, match="format 1"):
        schema.identity(connection, "shanxian-1")


def test_another_programs_file_is_not_ours(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE music (title TEXT)")
    with pytest.raises(NotOurs, match="holds no journal"):
        schema.identity(other, "shanxian-1")


def test_a_file_that_is_not_there_is_not_made_by_opening_it(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        schema.connect(tmp_path / "nowhere.db")
    assert list(tmp_path.iterdir()) == []
