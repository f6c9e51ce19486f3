"""The journal as SQLite tables. Format 1: one row of `journal`, and the events.

WAL with synchronous=FULL: a COMMIT that has returned is on the disk (<https://sqlite.org/pragma.html#pragma_synchronous>).
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from card_protocol.words.event import GENESIS, chain_hash
from gateway.drivers.sqlite_faults import Illegible, NotOurs
from gateway.drivers.sqlite_open import durable
from gateway.ports.journal import APPEND_TIMEOUT_MS, Entry, Head

FORMAT = 1
_INSERT = "INSERT INTO event VALUES (?, ?, ?)"
_INSERT_BEHIND = "INSERT INTO event SELECT ?1, ?2, ?3 WHERE ?1 = 1 + coalesce((SELECT max(seq) FROM event), 0)"
_TABLES = (
    """CREATE TABLE journal (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        format INTEGER NOT NULL,
        gateway TEXT NOT NULL,
        epoch TEXT NOT NULL,
        floor_seq INTEGER NOT NULL,
        floor_hash BLOB NOT NULL
    ) STRICT""",
    "CREATE TABLE event (seq INTEGER PRIMARY KEY, body BLOB NOT NULL, hash BLOB NOT NULL) STRICT",
)


class Identity(NamedTuple):
    """Whose journal a file is, and where it begins: events up to `floor_seq` were pruned after they were acked."""

    gateway: str
    epoch: str
    floor_seq: int
    floor_hash: bytes


def connect(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """Open the file for reading and writing; it must exist unless `create`."""
    uri = f"{path.resolve().as_uri()}?mode={'rwc' if create else 'rw'}"
    connection = sqlite3.connect(
        uri, uri=True, isolation_level=None, timeout=APPEND_TIMEOUT_MS / 1000, check_same_thread=False
    )
    # Pruned space can then go back to the file system.
    return durable(connection, *(["auto_vacuum = INCREMENTAL"] if create else []))


def create(path: Path, gateway: str, epoch: str, first: bytes | None) -> None:
    """Make a journal file, with a first event if there is one to tell; it is whole on the disk on return."""
    path.touch(mode=0o600)
    connection = connect(path, create=True)
    try:
        connection.execute("BEGIN IMMEDIATE")
        for table in _TABLES:
            connection.execute(table)
        connection.execute("INSERT INTO journal VALUES (1, ?, ?, ?, 0, ?)", (FORMAT, gateway, epoch, GENESIS))
        if first is not None:
            insert(connection, link(gateway, Head(epoch, 0, GENESIS), [first]))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def identity(connection: sqlite3.Connection, gateway: str) -> Identity:
    """Who the file says it is; NotOurs when that is somebody else."""
    try:
        row = connection.execute("SELECT format, gateway, epoch, floor_seq, floor_hash FROM journal").fetchone()
    except sqlite3.OperationalError as error:
        if "no such" in str(error):
            raise NotOurs("the file holds no journal") from error
        raise
    if row is None or row[0] != FORMAT:
        raise NotOurs(f"the file is no journal of format {FORMAT}")
    if row[1] != gateway:
        raise NotOurs(f"the file is the journal of {row[1]}, not of {gateway}")
    return Identity(*row[1:])


def head(connection: sqlite3.Connection, who: Identity) -> Head:
    """The end of the chain."""
    row = connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
    return Head(who.epoch, row[0], row[1]) if row else Head(who.epoch, who.floor_seq, who.floor_hash)


def link(gateway: str, behind: Head, bodies: list[bytes]) -> list[Entry]:
    """The entries that continue the chain behind `behind`."""
    entries = []
    digest = behind.hash
    for seq, body in enumerate(bodies, behind.seq + 1):
        digest = chain_hash(gateway, behind.epoch, seq, body, digest)
        entries.append(Entry(seq, body, digest))
    return entries


def insert(connection: sqlite3.Connection, entries: list[Entry]) -> None:
    """Write entries inside the caller's transaction."""
    if len(entries) == 1:
        # Not executemany: it takes longer to begin, and a tap is one event.
        connection.execute(_INSERT, entries[0])
    else:
        connection.executemany(_INSERT, entries)


def insert_behind(connection: sqlite3.Connection, entry: Entry) -> bool:
    """Write one entry in a transaction of its own, if the one before it is the newest there is; whether it was.

    That its number is free says nothing: the events that had it may have been pruned.
    """
    return connection.execute(_INSERT_BEHIND, entry).rowcount == 1


def entries(connection: sqlite3.Connection, from_seq: int, limit: int) -> Iterator[Entry]:
    """Entries from `from_seq` on, in order. Illegible when they are not: a page lies where another belongs, and whoever
    goes on behind the last one would go on for ever."""
    rows = connection.execute(
        "SELECT seq, body, hash FROM event WHERE seq >= ? ORDER BY seq LIMIT ?", (from_seq, limit)
    )
    least = from_seq
    for row in rows:
        if row[0] < least:
            raise Illegible(f"event {row[0]} stands where {least} or a later one belongs")
        least = row[0] + 1
        yield Entry(*row)


def hash_of(connection: sqlite3.Connection, who: Identity, seq: int) -> bytes | None:
    """The chain hash of one seq, that of the floor included; None when it is not there."""
    if seq == who.floor_seq:
        return who.floor_hash
    row = connection.execute("SELECT hash FROM event WHERE seq = ?", (seq,)).fetchone()
    return row[0] if row else None
