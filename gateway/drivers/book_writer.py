"""The policy book as the daemon writes it (`gateway.ports.book.BookWriter`)."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import structlog

from card_protocol.policy.buckets import CardsIndex
from card_protocol.policy.cards_delta import CardsDelta
from card_protocol.policy.rules import CardEntry, PolicyHead
from card_protocol.words.revocation import Revocation
from gateway.drivers import book_schema as schema
from gateway.drivers.book_mark import BookMarkWriter
from gateway.drivers.linked_file import LinkedFile, sync_file, sync_folder
from gateway.drivers.sqlite_faults import NotOurs, is_damage
from gateway.ports.book import BookUnavailable, Staged, Standing
from gateway.ports.entropy import Entropy

STAGE_CHUNK_CARDS = 10_000
END_OF_IDS = "~"
"""Behind every ULID."""
_MARK_BYTES = 4
_log = structlog.get_logger()


class BookWriterFile:
    """One per box. A book that cannot be read is set aside (`set_aside` is its name) and an empty one takes its place.

    An empty book refuses everybody until a policy has arrived. `floor` is the highest version known from elsewhere,
    `rev_floor` the newest revocation that was ever applied.
    """

    def __init__(self, state_dir: Path, floor: int = 0, entropy: Entropy = os.urandom, *, rev_floor: int = 0) -> None:
        self._rev_floor = rev_floor
        self._folder = state_dir
        self._link = LinkedFile(state_dir, schema.BOOK_NAME)
        self._entropy = entropy
        self.set_aside: str | None = None
        self._connection = self._open()
        with self._equipment():
            self._mark = BookMarkWriter(self._link.path.resolve())
        self._forget_spoiled_cards()
        self.saw(floor)

    def standing(self) -> Standing:
        """See the port."""
        with self._equipment():
            found = schema.edition(self._connection)
        return Standing(found.version, found.digest, found.highest, found.rev_seq, self._rev_floor)

    def holding(self) -> CardsIndex | None:
        """See the port."""
        found, _ = self._in_force()
        return CardsIndex.from_bytes(found) if found is not None else None

    def held(self, buckets: CardsIndex, number: int) -> list[CardEntry]:
        """See the port."""
        firsts = [*(bucket.first for bucket in buckets.buckets), END_OF_IDS]
        _, name = self._in_force()
        with self._equipment():
            cards = schema.connect_cards(self._folder / name)
            try:
                rows = cards.execute(schema.CARDS_BETWEEN, (firsts[number], firsts[number + 1])).fetchall()
            finally:
                cards.close()
        return [schema.card_in(row) for row in rows]

    def stage(
        self,
        head: PolicyHead,
        cards: Iterable[CardEntry],
        digest: str,
        buckets: CardsIndex | None = None,
        changes: CardsDelta | None = None,
    ) -> Staged:
        """See the port."""
        path = self._folder / f"book-cards-{self._entropy(_MARK_BYTES).hex()}.db"
        with self._equipment():
            connection = schema.begin_cards(path)
            try:
                stream = iter(cards)
                while chunk := list(islice(stream, STAGE_CHUNK_CARDS)):
                    schema.insert_cards(connection, chunk)
                schema.finish_cards(connection)
            except sqlite3.IntegrityError as error:
                raise ValueError("a card is in the policy twice") from error
            finally:
                connection.close()
            sync_file(path)
            sync_folder(self._folder)
        return Staged(head, digest, path.name, buckets, changes)

    def restage(self, head: PolicyHead, digest: str, changes: CardsDelta | None) -> Staged:
        """See the port."""
        found, place = self._in_force()
        return Staged(head, digest, place, CardsIndex.from_bytes(found) if found is not None else None, changes)

    def flip(self, staged: Staged) -> Standing:
        """See the port."""
        head = staged.head
        with self._transaction():
            self._connection.execute(
                "UPDATE book SET version = ?1, digest = ?2, cards_file = ?3, highest = max(highest, ?1),"
                " rev_seq = max(rev_seq, ?4), head = ?5, cards_index = ?6, changes = changes + 1",
                (head.version, staged.digest, staged.place, head.rev_seq, head.to_bytes(), _bytes_of(staged.buckets)),
            )
            self._connection.execute("DELETE FROM changed")
            self._connection.executemany("INSERT INTO changed VALUES (?, ?, ?)", _rows_of(staged.changes))
            self._connection.execute("DELETE FROM revocation WHERE rev_seq <= ?", (head.rev_seq,))
        self._remove_cards_but(staged.place)
        return self.standing()

    def revoke(self, entries: Sequence[Revocation], upto: int) -> tuple[Sequence[Revocation], Standing]:
        """See the port."""
        fresh = []
        with self._transaction():
            for entry in entries:
                row = (entry.rev_seq, entry.to_bytes())
                if self._connection.execute("INSERT OR IGNORE INTO revocation VALUES (?, ?)", row).rowcount:
                    fresh.append(entry)
            self._connection.execute("UPDATE book SET rev_seq = max(rev_seq, ?), changes = changes + 1", (upto,))
        return fresh, self.standing()

    def saw(self, version: int) -> Standing:
        """See the port."""
        with self._transaction():
            self._connection.execute("UPDATE book SET highest = max(highest, ?)", (version,))
        return self.standing()

    def close(self) -> None:
        """Close the files."""
        self._connection.close()
        self._mark.close()

    def _in_force(self) -> tuple[bytes | None, str]:
        """Index and card file of the policy in force, for whatever thread asks: by a connection of its own."""
        with self._equipment():
            connection = schema.connect(self._link.path.resolve())
            try:
                found, name = connection.execute("SELECT cards_index, cards_file FROM book").fetchone()
            finally:
                connection.close()
        return found, name

    @contextmanager
    def _equipment(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise BookUnavailable(f"the policy book cannot be written: {error}") from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._equipment(), self._mark:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _remove_cards_but(self, name: str) -> None:
        """What a crash left half-way, and the last edition's: its readers have it open and keep it to their end."""
        for path in self._folder.glob(schema.CARDS_GLOB):
            if path.name != name:
                path.unlink(missing_ok=True)

    def _open(self) -> sqlite3.Connection:
        problem = None
        if self._link.exists():
            try:
                return self._sound()
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise BookUnavailable(f"the policy book cannot be opened: {error}") from error
                problem = str(error)
        with self._equipment():
            kept = begin_anew(self._folder, self._entropy)
            if problem is not None:
                self.set_aside = kept
                _log.error("policy_book_set_aside", file=kept, problem=problem)
            return schema.connect(self._link.remember())

    def _sound(self) -> sqlite3.Connection:
        connection = schema.connect(self._link.remember())
        try:
            schema.edition(connection)
            _check_pages(connection)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _forget_spoiled_cards(self) -> None:
        """Without its cards a policy is none: forget it, so that the manifest makes us fetch it again."""
        edition = schema.edition(self._connection)
        if not edition.cards_file:
            return
        try:
            cards = schema.connect_cards(self._folder / edition.cards_file)
            try:
                _check_pages(cards)
            finally:
                cards.close()
        except sqlite3.DatabaseError as error:
            _log.error("policy_cards_unreadable", file=edition.cards_file, problem=str(error))
            with self._transaction():
                self._connection.execute(
                    "UPDATE book SET version = 0, digest = '', cards_file = '', head = NULL, cards_index = NULL,"
                    " changes = changes + 1"
                )
                self._connection.execute("DELETE FROM changed")


def _bytes_of(index: CardsIndex | None) -> bytes | None:
    return index.to_bytes() if index is not None else None


def _rows_of(changes: CardsDelta | None) -> Iterator[tuple[str, str | None, bytes | None]]:
    """Changed cards with their bytes; those that are gone without."""
    if changes is not None:
        yield from ((card.card_id, card.uid, card.to_bytes()) for card in changes.cards)
        yield from ((card_id, None, None) for card_id in changes.gone)


def begin_anew(state_dir: Path, entropy: Entropy = os.urandom) -> str:
    """Put an empty book in the place of the present one, which keeps its file; returns that file's name."""
    link = LinkedFile(state_dir, schema.BOOK_NAME)
    mark = entropy(_MARK_BYTES).hex()
    kept = link.set_aside_name(mark)
    path = state_dir / f"book-{mark}.db"
    schema.create(path)
    link.point_at(path)
    return kept


def _check_pages(connection: sqlite3.Connection) -> None:
    answer = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    if answer != "ok":
        raise NotOurs(answer[:200])
