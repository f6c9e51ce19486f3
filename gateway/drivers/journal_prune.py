"""Making room in a journal file: the oldest events go, and the floor says up to where.

The newest event always stays, so that the next one has something to follow from. Space goes back to the file system
by `incremental_vacuum` (the file was made with auto_vacuum) and by cutting the write-ahead log.
"""

import json
import sqlite3

from gateway.drivers import journal_schema as schema
from gateway.drivers.journal_schema import Identity

VACUUM_MAX_PAGES = 512
"""How much is given back at once: the lock must not be held for long."""


def prune(connection: sqlite3.Connection, who: Identity, upto: int) -> Identity:
    """Remove events up to `upto`, inside the caller's transaction; the identity with the new floor."""
    last = schema.head(connection, who).seq
    row = connection.execute(
        "SELECT seq, hash FROM event WHERE seq <= ? ORDER BY seq DESC LIMIT 1", (min(upto, last - 1),)
    ).fetchone()
    if row is None:
        return who
    connection.execute("UPDATE journal SET floor_seq = ?, floor_hash = ?", row)
    connection.execute("DELETE FROM event WHERE seq <= ?", (row[0],))
    return who._replace(floor_seq=row[0], floor_hash=row[1])


def give_back(connection: sqlite3.Connection) -> None:
    """Return free pages to the file system, outside a transaction."""
    # Frees a page a step; `execute` makes one step of a statement without columns, a script makes all.
    connection.executescript(f"PRAGMA incremental_vacuum({VACUUM_MAX_PAGES})")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def newest_before(connection: sqlite3.Connection, who: Identity, wall_ms: int) -> int:
    """The seq up to which events are older than a wall time; the floor when none is.

    By halving: wall times rise with seq but for steps of the clock, and then a few days more or less are kept.
    """
    low, high = who.floor_seq, schema.head(connection, who).seq
    while low < high:
        middle = (low + high + 1) // 2
        entry = next(schema.entries(connection, middle, 1), None)
        if entry is not None and _wall_ms(entry.body) < wall_ms:
            low = entry.seq
        else:
            high = middle - 1
    return low


def _wall_ms(body: bytes) -> int:
    """When an event happened; one that cannot be read counts as old."""
    try:
        return int(json.loads(body)["wall_ms"])
    except (ValueError, KeyError, TypeError):
        return 0
