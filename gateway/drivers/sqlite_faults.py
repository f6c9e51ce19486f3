"""Whose fault an SQLite error is: the file's, or the device's."""

import sqlite3

_FULL_CODES = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMOPEN,
}
_DAMAGE_CODES = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_TOOBIG}
"""The last where a row says that it is longer than any can be: none of ours is."""

_DAMAGE_WORDS = ("no such table", "Could not decode to UTF-8")


class NotOurs(sqlite3.DatabaseError):
    """A sound SQLite file that is not what it should be: another program's, another gateway's, another format."""


class Illegible(sqlite3.DatabaseError):
    """What the file holds cannot be told: no text where text belongs, numbers that come down on the way up."""


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error speaks of the file's content, not of the device, of a lock, or of our own mistake."""
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(error, NotOurs | Illegible) or str(error).startswith(_DAMAGE_WORDS):
        return True
    # Only the primary code: SQLite refines it in the high bits (https://sqlite.org/rescode.html#extrc).
    return isinstance(code, int) and code & 0xFF in _DAMAGE_CODES


def is_full(error: sqlite3.Error) -> bool:
    """Whether the disk had no room: for a page, for the log, or for the index that processes share."""
    return getattr(error, "sqlite_errorcode", None) in _FULL_CODES
