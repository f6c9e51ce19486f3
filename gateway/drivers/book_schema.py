"""The policy book as SQLite files. Format 3.

`book.db` is small: which policy is in force, its head, the sticky revocations, and the cards that have changed since
the others were written. Those are in a file of their own, `book-cards-{mark}.db`, built beside the one in use and
never changed afterwards; one transaction in `book.db` then names it. Readers of the old one keep reading it to their
end.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from card_protocol.policy.rules import CardEntry, Traits
from card_protocol.words.card import CardState
from card_protocol.words.moment import WALL_END_MS
from gateway.drivers.sqlite_faults import NotOurs
from gateway.drivers.sqlite_open import durable

FORMAT = 3
BOOK_NAME = "book.db"
CARDS_GLOB = "book-cards-*.db"
BUSY_TIMEOUT_S = 2.0
CARDS_CACHE_KIB = 8192

_TABLES = (
    """CREATE TABLE book (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        format INTEGER NOT NULL,
        version INTEGER NOT NULL,
        digest TEXT NOT NULL,
        cards_file TEXT NOT NULL,
        highest INTEGER NOT NULL,
        rev_seq INTEGER NOT NULL,
        changes INTEGER NOT NULL,
        head BLOB,
        cards_index BLOB
    ) STRICT""",
    "CREATE TABLE changed (card_id TEXT PRIMARY KEY, uid TEXT, body BLOB) STRICT",
    "CREATE TABLE revocation (rev_seq INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT",
)
_CARDS = """CREATE TABLE card (
    card_id TEXT PRIMARY KEY,
    uid TEXT,
    holder TEXT NOT NULL,
    state TEXT NOT NULL,
    valid_from_ms INTEGER NOT NULL,
    valid_to_ms INTEGER NOT NULL,
    levels TEXT NOT NULL,
    traits BLOB
) STRICT, WITHOUT ROWID"""
"""`levels`: names with a space between them. `traits`: JSON, of the few cards that have any."""

_CARD = "SELECT card_id, uid, holder, state, valid_from_ms, valid_to_ms, levels, traits FROM card"
CARD_BY_ID = f"{_CARD} WHERE card_id = ?"
CARD_BY_UID = f"{_CARD} WHERE uid = ?"
CARDS_BETWEEN = f"{_CARD} WHERE card_id >= ? AND card_id < ? ORDER BY card_id"

CardRow = tuple[str, str | None, str, str, int, int, str, bytes | None]
"""A card in the order of these columns."""

_STATES = {state.value: state for state in CardState}


class Edition(NamedTuple):
    """What the book holds: zero and empty before the first policy.

    `highest` is the highest version that a genuine manifest ever named, `rev_seq` the newest revocation that was
    applied, whether it came in the stream or in the snapshot. `changes` counts everything that readers must see.
    """

    version: int
    digest: str
    cards_file: str
    highest: int
    rev_seq: int
    changes: int

    def for_readers(self) -> "Edition":
        """Two editions that are the same to readers are equal in this form."""
        return self._replace(highest=0)


def connect(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """Open book.db; each thread has its own connection."""
    return durable(_open(path, "rwc" if create else "rw"))


def connect_cards(path: Path) -> sqlite3.Connection:
    """Open a finished card file. Immutable: no locks, no checks for writers, because there are none."""
    connection = _open(path, "ro&immutable=1")
    connection.execute(f"PRAGMA cache_size = -{CARDS_CACHE_KIB}")
    return connection


def create(path: Path) -> None:
    """Make an empty book.db; it is whole on the disk on return."""
    path.touch(mode=0o600)
    connection = connect(path, create=True)
    try:
        connection.execute("BEGIN IMMEDIATE")
        for statement in _TABLES:
            connection.execute(statement)
        connection.execute("INSERT INTO book VALUES (1, ?, 0, '', '', 0, 0, 0, NULL, NULL)", (FORMAT,))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def edition(connection: sqlite3.Connection) -> Edition:
    """What the book holds; NotOurs when the file is no book of this format."""
    try:
        query = "SELECT version, digest, cards_file, highest, rev_seq, changes, format FROM book"
        row = connection.execute(query).fetchone()
    except sqlite3.OperationalError as error:
        if "no such" in str(error):
            raise NotOurs("the file holds no policy book") from error
        raise
    if row is None or row[-1] != FORMAT:
        raise NotOurs(f"the file is no policy book of format {FORMAT}")
    return Edition(*row[:-1])


def begin_cards(path: Path) -> sqlite3.Connection:
    """Start a card file. No journal: a file that was not finished is thrown away, whatever is in it."""
    path.touch(mode=0o600)
    connection = _open(path, "rw")
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    connection.execute(_CARDS)
    return connection


def insert_cards(connection: sqlite3.Connection, cards: Iterable[CardEntry]) -> None:
    """Write cards; sqlite3.IntegrityError when one is there already."""
    connection.executemany("INSERT INTO card VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(_row_of, cards))


def card_in(row: CardRow) -> CardEntry:
    """A row -> the card. It was checked when it was written; ValueError when the file has rotted so that it is none."""
    card_id, uid, holder, state, valid_from_ms, valid_to_ms, levels, traits = row
    try:
        if not 0 <= valid_from_ms < WALL_END_MS > valid_to_ms >= 0:
            raise ValueError("its times are none")
        return CardEntry.of_checked(
            card_id=card_id,
            uid=uid,
            holder=holder,
            state=_STATES[state],
            valid_from_ms=valid_from_ms,
            valid_to_ms=valid_to_ms,
            levels=tuple(str.split(levels)),
            traits=Traits.from_bytes(traits) if traits is not None else None,
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"no card: {error}") from error


def _row_of(card: CardEntry) -> CardRow:
    traits = card.traits.to_bytes() if card.traits is not None else None
    span = (card.valid_from_ms, card.valid_to_ms)
    return (card.card_id, card.uid, card.holder, card.state.value, *span, " ".join(card.levels), traits)


def finish_cards(connection: sqlite3.Connection) -> None:
    """Add the look-up by UID (after the rows: several times faster than keeping it up to date) and commit."""
    connection.execute("CREATE INDEX uids ON card (uid) WHERE uid IS NOT NULL")
    connection.execute("COMMIT")


def _open(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
