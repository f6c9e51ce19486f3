"""What a damaged journal file still gives: every event that can be read and whose place in the chain is proven.

The damaged file is copied and only the copy is opened, because opening alone can write. An event is proven by the
hash before it: that of the floor for the first one, if the file still says where it begins. Behind a hole that hash is
missing; then the first event there only lends its hash to the next one, which is proven by it, and is itself counted
as lost.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from card_protocol.words.event import GENESIS, chain_hash
from gateway.drivers import journal_schema as schema
from gateway.drivers.sqlite_faults import NotOurs, is_damage
from gateway.ports.journal import Entry, Head

BLOCK_EVENTS = 200
UNREADABLE_BLOCKS_MAX = 500
"""So many blocks in a row that give nothing are taken for the end: 100,000 events."""

_PARTS = ("-wal", "")
"""Copied in this order: what leaves the log while another program lets go of it stands in the file by then."""


def salvage(damaged: Path, target: Path, gateway: str, epoch: str) -> int:
    """Write a file of format 1, with holes, to `target`; how many events it holds.

    OSError or sqlite3.Error when there is no room for it.
    """
    copy = target.with_name(f"{target.name}.copy")
    fresh = target.with_name(f"{target.name}.new")
    _remove(copy)
    _remove(fresh)
    try:
        for part in _PARTS:
            source = damaged.with_name(damaged.name + part)
            if source.exists():
                shutil.copyfile(source, copy.with_name(copy.name + part))
        schema.create(fresh, gateway, epoch, None)
        kept = _copy_events(copy, fresh, gateway, epoch)
        fresh.replace(target)
    finally:
        _remove(copy)
        _remove(fresh)
    return kept


def _copy_events(copy: Path, fresh: Path, gateway: str, epoch: str) -> int:
    to = schema.connect(fresh)
    try:
        to.execute("BEGIN")
        to.execute("CREATE TABLE anchor (seq INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT")
        floor = _floor(copy, gateway, epoch)
        kept = last = 0
        for before, entry in proven(_rows(copy), gateway, floor):
            if not kept and entry.seq == floor.seq + 1:
                to.execute("UPDATE journal SET floor_seq = ?, floor_hash = ?", floor[1:])
                last = floor.seq
            if entry.seq != last + 1:
                to.execute("INSERT INTO anchor VALUES (?, ?)", (entry.seq - 1, before))
            schema.insert(to, [entry])
            kept, last = kept + 1, entry.seq
        to.execute("COMMIT")
        to.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return kept
    finally:
        to.close()


def proven(rows: Iterator[Entry], gateway: str, start: Head) -> Iterator[tuple[bytes, Entry]]:
    """(the hash before it, entry) of every entry that follows from one that was read, from the start, or from the very
    beginning (the start may have been misread)."""
    seq, previous = start.seq, start.hash
    for row in rows:
        values: tuple[object, ...] = (row.body, row.hash)
        if not all(isinstance(value, bytes) for value in values):
            continue
        if row.seq == 1:
            seq, previous = 0, GENESIS
        if row.seq == seq + 1 and chain_hash(gateway, start.epoch, row.seq, row.body, previous) == row.hash:
            yield previous, row
        seq, previous = row.seq, row.hash


def _floor(path: Path, gateway: str, epoch: str) -> Head:
    """Where the file says that it begins; the very beginning when it does not say. Not proven: the sectors may lie."""
    beginning = Head(epoch, 0, GENESIS)
    try:
        connection = schema.connect(path)
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return beginning
        raise
    try:
        who = schema.identity(connection, gateway)
    except (sqlite3.DatabaseError, NotOurs):
        return beginning
    finally:
        connection.close()
    plain = isinstance(who.floor_seq, int) and isinstance(who.floor_hash, bytes)
    return Head(epoch, who.floor_seq, who.floor_hash) if plain else beginning


def _rows(path: Path) -> Iterator[Entry]:
    """Every row that can be read, in order. Nothing at all when the file cannot be opened."""
    try:
        connection = schema.connect(path)
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return
        raise
    try:
        seq, unreadable = 0, 0
        while unreadable < UNREADABLE_BLOCKS_MAX:
            try:
                block = list(schema.entries(connection, seq + 1, BLOCK_EVENTS))
                if not block:
                    return
                unreadable = 0
            except sqlite3.DatabaseError:
                block = _one_by_one(connection, range(seq + 1, seq + 1 + BLOCK_EVENTS))
                unreadable = 0 if block else unreadable + 1
                seq += BLOCK_EVENTS
            yield from block
            seq = max(seq, block[-1].seq) if block else seq
    finally:
        connection.close()


def _one_by_one(connection: sqlite3.Connection, numbers: range) -> list[Entry]:
    found = []
    for number in numbers:
        try:
            row = connection.execute("SELECT seq, body, hash FROM event WHERE seq = ?", (number,)).fetchone()
        except sqlite3.DatabaseError:
            continue
        if row is not None and row[0] == number:
            found.append(Entry(*row))
    return found


def _remove(path: Path) -> None:
    for part in (*_PARTS, "-shm"):
        path.with_name(path.name + part).unlink(missing_ok=True)
