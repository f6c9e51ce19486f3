"""How every data base of the box is opened: what COMMIT has returned is on the disk (WAL, synchronous = FULL)."""

import sqlite3

from gateway.drivers.sqlite_faults import Illegible


def durable(connection: sqlite3.Connection, *first: str) -> sqlite3.Connection:
    """The connection, set up; closed when that fails. `first`: pragmas that must stand before the first table.

    sqlite3.Error; Illegible when SQLite quotes from a file that rots: Python cannot tell such a message.
    """
    try:
        for pragma in (*first, "journal_mode = WAL", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")
    except UnicodeDecodeError as error:
        connection.close()
        raise Illegible("the tables are not described in text") from error
    except sqlite3.Error:
        connection.close()
        raise
    return connection
