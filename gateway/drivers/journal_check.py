"""Is this journal file sound? Asked at start, before anything is built on it."""

import sqlite3
from collections.abc import Mapping
from types import MappingProxyType

from card_protocol.words.event import chain_hash
from gateway.drivers.journal_schema import Identity, entries, head, identity
from gateway.drivers.sqlite_faults import is_damage
from gateway.ports.journal import Head

QUICK_TAIL_EVENTS = 256
_ALL = -1
NOTHING_ACKED: Mapping[str, Head] = MappingProxyType({})


def find_problem(
    connection: sqlite3.Connection, gateway: str, acked: Mapping[str, Head] = NOTHING_ACKED, *, thorough: bool
) -> str | None:
    """What is wrong with the file, or None. Errors of the device pass through as sqlite3.Error.

    `acked` is what the server is known to hold of each epoch: a file that lacks it, or has something else in its
    place, was put back from an older copy. `thorough` walks the whole chain and all pages; otherwise the last 256
    events.
    """
    try:
        who = identity(connection, gateway)
        if thorough and (answer := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            return f"SQLite finds: {str(answer)[:200]}"
        return _broken_chain(connection, who, thorough=thorough) or _older_than(connection, who, acked.get(who.epoch))
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return str(error)[:200]
        raise


def _broken_chain(connection: sqlite3.Connection, who: Identity, *, thorough: bool) -> str | None:
    """Whether seq is gapless and each hash follows from the one before."""
    last = head(connection, who)
    first = who.floor_seq + 1 if thorough else max(who.floor_seq + 1, last.seq - QUICK_TAIL_EVENTS)
    previous: bytes | None = who.floor_hash if first == who.floor_seq + 1 else None
    seq = first - 1
    for entry in entries(connection, first, _ALL):
        seq += 1
        if entry.seq != seq:
            return f"event {seq} is missing"
        if previous is not None and chain_hash(who.gateway, who.epoch, seq, entry.body, previous) != entry.hash:
            return f"event {seq} does not follow from the one before it"
        previous = entry.hash
    return None


def _older_than(connection: sqlite3.Connection, who: Identity, acked: Head | None) -> str | None:
    if acked is None or acked.seq <= who.floor_seq:
        return None
    found = next(entries(connection, acked.seq, 1), None)
    if found is None:
        return f"the server holds events up to {acked.seq} and the file ends before: an older copy"
    return None if found.hash == acked.hash else f"event {acked.seq} is not the one that the server holds"
