"""The policy book as the daemon writes it: snapshots staged and flipped, revocations at once."""

import os
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import structlog

from card_protocol.policy.rules import CardEntry, PolicyHead
from card_protocol.words.revocation import Revocation
from gateway.drivers import book_schema as schema
from gateway.drivers.book_schema import BookUnavailable, Edition
from gateway.drivers.linked_file import LinkedFile
from gateway.drivers.sqlite_faults import NotOurs, is_damage
from gateway.ports.entropy import Entropy

STAGE_CHUNK_CARDS = 10_000
_log = structlog.get_logger()


class BookWriter:
    """One per box: the daemon. A book that cannot be read is set aside and an empty one takes its place.

    The empty book refuses everybody until a policy has arrived; `set_aside` is then the old file's name.
    """

    def __init__(self, state_dir: Path, entropy: Entropy = os.urandom) -> None:
        self._link = LinkedFile(state_dir, schema.BOOK_NAME)
        self._entropy = entropy
        self.set_aside: str | None = None
        self._connection = self._open()

    def edition(self) -> Edition:
        """What the book holds."""
        return schema.edition(self._connection)

    def apply_snapshot(self, head: PolicyHead, cards: Iterable[CardEntry], digest: str) -> Edition:
        """Stage a whole policy and make it the one in force, in one transaction.

        ValueError, and the old policy stays, when the cards cannot be read or one is there twice.
        """
        before = self.edition()
        generation = before.generation + 1
        try:
            schema.drop_cards_but(self._connection, before.generation)
            schema.create_cards(self._connection, generation)
            self._stage(generation, cards)
            schema.index_cards(self._connection, generation)
            self._flip(head, digest, generation)
            schema.drop_cards_but(self._connection, generation)
        except sqlite3.Error as error:
            self._roll_back()
            raise BookUnavailable(f"the policy book cannot be written: {error}") from error
        return self.edition()

    def apply_revocations(self, entries: Sequence[Revocation], upto: int) -> Edition:
        """Make revocations stick until a snapshot contains them, and remember that all up to `upto` were seen."""
        rows = [(entry.rev_seq, entry.to_bytes()) for entry in entries]
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR IGNORE INTO revocation VALUES (?, ?)", rows)
            self._connection.execute("UPDATE book SET rev_seq = max(rev_seq, ?)", (upto,))
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            raise BookUnavailable(f"the policy book cannot be written: {error}") from error
        return self.edition()

    def saw_version(self, version: int) -> None:
        """Remember the highest version that a genuine manifest named: there is no way back behind it."""
        self._connection.execute("UPDATE book SET highest = max(highest, ?)", (version,))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _stage(self, generation: int, cards: Iterable[CardEntry]) -> None:
        stream = iter(cards)
        while chunk := list(islice(stream, STAGE_CHUNK_CARDS)):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                schema.insert_cards(self._connection, generation, chunk)
            except sqlite3.IntegrityError as error:
                self._roll_back()
                raise ValueError("a card is in the snapshot twice") from error
            self._connection.execute("COMMIT")

    def _flip(self, head: PolicyHead, digest: str, generation: int) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute(
            "UPDATE book SET version = ?1, digest = ?2, generation = ?3, highest = max(highest, ?1),"
            " rev_seq = max(rev_seq, ?4), head = ?5",
            (head.version, digest, generation, head.rev_seq, head.to_bytes()),
        )
        self._connection.execute("DELETE FROM revocation WHERE rev_seq <= ?", (head.rev_seq,))
        self._connection.execute("COMMIT")

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _open(self) -> sqlite3.Connection:
        mark = self._entropy(4).hex()
        if self._link.exists():
            try:
                return self._sound()
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise BookUnavailable(f"the policy book cannot be opened: {error}") from error
                self.set_aside = self._link.set_aside_name(mark)
                _log.error("policy book set aside", file=self.set_aside, problem=str(error))
        path = self._link.folder / f"book-{mark}.db"
        schema.create(path)
        self._link.point_at(path)
        return schema.connect(self._link.remember())

    def _sound(self) -> sqlite3.Connection:
        connection = schema.connect(self._link.remember())
        try:
            schema.edition(connection)
            answer = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
            if answer != "ok":
                raise NotOurs(answer[:200])
        except sqlite3.Error:
            connection.close()
            raise
        return connection
