"""The policy book as readers see it: any thread of any process on the box, while the daemon writes.

One point query per card, so that a million cards need no more memory than a hundred; the rules (points, levels,
schedules) and the few sticky revocations are held in memory and read again when the book's edition changes.
"""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from card_protocol.policy.book import Book, MemoryBook, RuleIndex
from card_protocol.policy.rules import CardEntry, PolicyHead
from card_protocol.words.revocation import Revocation
from gateway.drivers import book_schema as schema
from gateway.drivers.book_mark import BookMark
from gateway.drivers.book_schema import Edition
from gateway.drivers.linked_file import LinkedFile
from gateway.ports.book import BookUnavailable

LINK_CHECK_NS = 1_000_000_000
"""How often a reader looks whether a new file has taken the book's place."""

TRIES = 3
"""A policy that takes over just now takes the last one's cards away: between its name and its file lies a moment."""

_NO_POLICY = MemoryBook(None)
_log = structlog.get_logger()


Carried = Callable[[str], Revocation | None]
"""What cards brought about a card (`gateway.ports.carried.Carried.about`)."""


def _nothing_carried(_: str) -> Revocation | None:
    return None


class _Changed:
    """The cards that have changed since the card file was written, as bytes; None for one that is gone."""

    def __init__(self, rows: Iterable[tuple[str, str | None, bytes | None]] = ()) -> None:
        self.bodies: dict[str, bytes | None] = {}
        self.ids: dict[str, str] = {}
        for card_id, uid, body in rows:
            self.bodies[card_id] = body
            if uid is not None:
                self.ids[uid] = card_id


class _Rules:
    """What is held in memory of one edition, shared by all threads: all but the cards that have not changed."""

    def __init__(
        self, edition: Edition, head: PolicyHead | None, revocations: list[Revocation], changed: _Changed
    ) -> None:
        self.edition = edition
        self.head = head
        self.revoked = {r.card_id: r for r in revocations}
        self.changed = changed


class _View(RuleIndex):
    """One edition as one thread sees it. Implements `card_protocol.policy.book.Book`."""

    def __init__(self, rules: _Rules, cards: sqlite3.Connection | None, carried: Carried) -> None:
        super().__init__(rules.head)
        self.edition = rules.edition
        self._revoked = rules.revoked
        self._changed = rules.changed
        self._cards = cards
        self._carried = carried

    def card(self, card_id: str) -> CardEntry | None:
        """By id; BookUnavailable when the file cannot be read."""
        if card_id not in self._changed.bodies:
            return self._find(schema.CARD_BY_ID, card_id)
        body = self._changed.bodies[card_id]
        try:
            return None if body is None else CardEntry.from_bytes(body)
        except ValueError as error:
            raise BookUnavailable(f"the policy's changes cannot be read: {error}") from error

    def card_of_uid(self, uid: str) -> CardEntry | None:
        """By UID; BookUnavailable when the file cannot be read."""
        if uid in self._changed.ids:
            return self.card(self._changed.ids[uid])
        found = self._find(schema.CARD_BY_UID, uid)
        # A card that has changed is what it is now, also when that is another UID, or gone.
        return None if found is None or found.card_id in self._changed.bodies else found

    def revocation(self, card_id: str) -> Revocation | None:
        """The newest sticky one: the server's, or one that a card brought and the server's stream has not reached."""
        known, carried = self._revoked.get(card_id), self._carried(card_id)
        if carried is None or carried.rev_seq <= self.edition.rev_seq:
            return known
        return carried if known is None or known.rev_seq < carried.rev_seq else known

    def close(self) -> None:
        """Close the card file."""
        if self._cards is not None:
            self._cards.close()

    def _find(self, query: str, key: str) -> CardEntry | None:
        if self._cards is None:
            return None
        try:
            row = self._cards.execute(query, (key,)).fetchone()
            return None if row is None else schema.card_in(row)
        except (sqlite3.Error, ValueError) as error:
            raise BookUnavailable(f"the policy's cards cannot be read: {error}") from error


class _Desk:
    """What one thread holds: its connection to book.db and the edition it sees."""

    def __init__(self, folder: Path, carried: Carried) -> None:
        self._folder = folder
        self._carried = carried
        self._link = LinkedFile(folder, schema.BOOK_NAME)
        self._file = self._link.remember()
        self.connection = schema.connect(self._file)
        self._mark: BookMark | None = None
        self.seen = b""
        self.view: _View | None = None
        self._checked_ns = time.monotonic_ns()

    def is_current(self) -> bool:
        """Whether no new file has taken the place of the book or its mark; looked up once a second."""
        now_ns = time.monotonic_ns()
        if now_ns - self._checked_ns < LINK_CHECK_NS:
            return True
        self._checked_ns = now_ns
        # So often the book itself is asked too: a daemon that was put back to an older version leaves the mark alone.
        self.seen = b""
        return self._link.is_current() and (self._mark is None or self._mark.is_current())

    def mark(self) -> bytes:
        """As long as it is what was `seen` with the view, the book says nothing else. Empty: ask the book."""
        return self._mark.read() if self._mark is not None else b""

    def watch(self) -> None:
        """From now on `mark` tells of changes. Without one SQLite is asked every time."""
        if self._mark is None:
            with contextlib.suppress(OSError):
                self._mark = BookMark(self._file)

    def show(self, rules: _Rules) -> _View:
        """Turn to another edition."""
        if self.view is not None:
            self.view.close()
        name = rules.edition.cards_file
        self.view = _View(rules, schema.connect_cards(self._folder / name) if name else None, self._carried)
        return self.view

    def close(self) -> None:
        """Close both files."""
        if self.view is not None:
            self.view.close()
        if self._mark is not None:
            self._mark.close()
            self._mark = None
        self.connection.close()


class BookFile:
    """Gives the book in force. An absent or unreadable book is one without a policy: every card is refused."""

    def __init__(self, state_dir: Path, carried: Carried = _nothing_carried) -> None:
        self._folder = state_dir
        self._carried = carried
        self._local = threading.local()
        self._guard = threading.Lock()
        self._desks: set[_Desk] = set()
        self._shared: _Rules | None = None
        self._complaint = ""

    def current(self) -> Book:
        """The edition in force now. Take it once per decision, so that the whole decision stands on one edition."""
        for _ in range(TRIES):
            try:
                return self._current()
            except FileNotFoundError:
                return _NO_POLICY
            except (sqlite3.Error, OSError, ValueError) as error:
                self._leave()
                problem = str(error)
        if self._complaint != problem:
            self._complaint = problem
            _log.error("policy_book_unreadable", problem=problem)
        return _NO_POLICY

    def rev_seq(self) -> int:
        """The newest revocation up to which the server told everything; 0 without a book."""
        book = self.current()
        return book.edition.rev_seq if isinstance(book, _View) else 0

    def close(self) -> None:
        """Close every thread's files."""
        with self._guard:
            for desk in self._desks:
                desk.close()
            self._desks.clear()
        self._local = threading.local()

    def _current(self) -> Book:
        desk: _Desk | None = getattr(self._local, "desk", None)
        if desk is None or not desk.is_current():
            desk = self._sit_down()
        mark = desk.mark()
        if mark and mark == desk.seen and desk.view is not None:
            return desk.view
        rules = self._rules(desk.connection)
        if desk.view is None or desk.view.edition != rules.edition:
            desk.show(rules)
        desk.seen = mark
        desk.watch()
        assert desk.view is not None
        return desk.view

    def _sit_down(self) -> _Desk:
        self._leave()
        desk = _Desk(self._folder, self._carried)
        with self._guard:
            self._desks.add(desk)
        self._local.desk = desk
        return desk

    def _leave(self) -> None:
        desk: _Desk | None = getattr(self._local, "desk", None)
        if desk is not None:
            with self._guard:
                self._desks.discard(desk)
            desk.close()
            self._local.desk = None

    def _rules(self, connection: sqlite3.Connection) -> _Rules:
        """Edition, head and revocations of one instant; parsed once for all threads."""
        connection.execute("BEGIN")
        try:
            edition = schema.edition(connection).for_readers()
            shared = self._shared
            if shared is not None and shared.edition == edition:
                return shared
            head = connection.execute("SELECT head FROM book").fetchone()[0]
            bodies = connection.execute("SELECT body FROM revocation ORDER BY rev_seq").fetchall()
            changed = self._changed(connection, edition)
        finally:
            connection.execute("COMMIT")
        parsed = PolicyHead.from_bytes(head) if head is not None else None
        rules = _Rules(edition, parsed, [Revocation.from_bytes(body) for (body,) in bodies], changed)
        self._shared = rules
        return rules

    def _changed(self, connection: sqlite3.Connection, edition: Edition) -> _Changed:
        """Read again with every policy, not with every revocation."""
        shared = self._shared
        if shared is not None and (shared.edition.version, shared.edition.digest) == (edition.version, edition.digest):
            return shared.changed
        return _Changed(connection.execute("SELECT card_id, uid, body FROM changed"))
