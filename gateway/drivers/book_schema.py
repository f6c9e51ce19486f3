"""The policy book as SQLite tables. Format 1: one row of `book`, sticky revocations, and one table of cards in use.

A new snapshot goes into a card table of its own, `cards_{generation}`, while readers look things up in the old one;
then one transaction names the new table, its head and its version.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from card_protocol.errors import EquipmentFault
from card_protocol.policy.rules import CardEntry
from card_protocol.words.card import CardState
from gateway.drivers.sqlite_faults import NotOurs

FORMAT = 1
BOOK_NAME = "book.db"
BUSY_TIMEOUT_S = 2.0
_CACHE_KIB = 4096

_TABLES = (
    """CREATE TABLE book (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        format INTEGER NOT NULL,
        version INTEGER NOT NULL,
        digest TEXT NOT NULL,
        generation INTEGER NOT NULL,
        highest INTEGER NOT NULL,
        rev_seq INTEGER NOT NULL,
        head BLOB
    ) STRICT""",
    "CREATE TABLE revocation (rev_seq INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT",
)

Row = tuple[str, str | None, str, str, int, int, str]


class BookUnavailable(EquipmentFault):
    """The book cannot be read or written: no decision can stand on it."""


class Edition(NamedTuple):
    """What the book holds: all zero and empty before the first policy.

    `rev_seq` is the newest revocation that was applied, whether it came in the stream or in the snapshot.
    """

    version: int
    digest: str
    generation: int
    highest: int
    rev_seq: int


def connect(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """Open the book; each thread has its own connection."""
    uri = f"{path.resolve().as_uri()}?mode={'rwc' if create else 'rw'}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def create(path: Path) -> None:
    """Make an empty book; it is whole on the disk on return."""
    connection = connect(path, create=True)
    try:
        connection.execute("BEGIN IMMEDIATE")
        for statement in _TABLES:
            connection.execute(statement)
        connection.execute("INSERT INTO book VALUES (1, ?, 0, '', 0, 0, 0, NULL)", (FORMAT,))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def edition(connection: sqlite3.Connection) -> Edition:
    """What the book holds; NotOurs when the file is no book of this format."""
    try:
        row = connection.execute("SELECT version, digest, generation, highest, rev_seq, format FROM book").fetchone()
    except sqlite3.OperationalError as error:
        if "no such" in str(error):
            raise NotOurs("the file holds no policy book") from error
        raise
    if row is None or row[5] != FORMAT:
        raise NotOurs(f"the file is no policy book of format {FORMAT}")
    return Edition(*row[:5])


def create_cards(connection: sqlite3.Connection, generation: int) -> None:
    """An empty card table."""
    connection.execute(
        f"""CREATE TABLE cards_{generation:d} (
            card_id TEXT PRIMARY KEY,
            uid TEXT,
            holder TEXT NOT NULL,
            state TEXT NOT NULL,
            valid_from_ms INTEGER NOT NULL,
            valid_to_ms INTEGER NOT NULL,
            levels TEXT NOT NULL
        ) STRICT, WITHOUT ROWID"""
    )


def index_cards(connection: sqlite3.Connection, generation: int) -> None:
    """The look-up by UID, made after the rows: several times faster than keeping it up to date."""
    connection.execute(f"CREATE INDEX uids_{generation:d} ON cards_{generation:d} (uid) WHERE uid IS NOT NULL")


def drop_cards_but(connection: sqlite3.Connection, generation: int) -> None:
    """Remove card tables that nothing names: the last edition's, and what a crash left half-way."""
    rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'cards_[0-9]*'")
    for (name,) in rows.fetchall():
        if name != f"cards_{generation:d}":
            connection.execute(f"DROP TABLE {name}")


def insert_cards(connection: sqlite3.Connection, generation: int, cards: Iterable[CardEntry]) -> None:
    """Write cards; sqlite3.IntegrityError when one is there already."""
    query = f"INSERT INTO cards_{generation:d} VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - a number
    connection.executemany(query, (_row(card) for card in cards))


def select_card(generation: int, column: str) -> str:
    """The query for one card by `card_id` or `uid`."""
    return f"SELECT * FROM cards_{generation:d} WHERE {column} = ?"  # noqa: S608 - a number and our own word


def _row(card: CardEntry) -> Row:
    # Level names hold no space (they are slugs).
    levels = " ".join(card.levels)
    return card.card_id, card.uid, card.holder, card.state.value, card.valid_from_ms, card.valid_to_ms, levels


def card_of(row: Row) -> CardEntry:
    """The inverse. Unchecked, because every row was checked when it was staged: this is the path of every tap."""
    card_id, uid, holder, state, valid_from_ms, valid_to_ms, levels = row
    return CardEntry.model_construct(
        card_id=card_id,
        uid=uid,
        holder=holder,
        state=CardState(state),
        valid_from_ms=valid_from_ms,
        valid_to_ms=valid_to_ms,
        levels=tuple(levels.split()),
    )
