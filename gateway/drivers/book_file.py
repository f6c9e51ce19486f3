"""The policy book as readers see it: any thread of any process on the box, while the daemon writes.

One point query per card, so that a million cards need no more memory than a hundred; the rules (points, levels,
schedules) and the few sticky revocations are held in memory and read again when the book's edition changes.
"""

import sqlite3
import threading
import time
from pathlib import Path

import structlog

from card_protocol.policy.book import Book, MemoryBook, RuleIndex
from card_protocol.policy.rules import CardEntry, PolicyHead
from card_protocol.words.revocation import Revocation
from gateway.drivers import book_schema as schema
from gateway.drivers.book_schema import BookUnavailable, Edition
from gateway.drivers.linked_file import LinkedFile

RECENT_CARDS = 1024
"""How many cards a thread remembers between two editions; then it starts afresh."""

LINK_CHECK_NS = 1_000_000_000
"""How often a reader looks whether a new file has taken the book's place."""

_NO_POLICY = MemoryBook(None)
_log = structlog.get_logger()


class _Rules:
    """What is held in memory of one edition, shared by all threads."""

    def __init__(self, edition: Edition, head: PolicyHead | None, revocations: list[Revocation]) -> None:
        self.edition = edition
        self.head = head
        self.revoked = {r.card_id: r for r in revocations}


class _View(RuleIndex):
    """One edition as one thread sees it. Implements `card_protocol.policy.book.Book`."""

    def __init__(self, rules: _Rules, connection: sqlite3.Connection) -> None:
        super().__init__(rules.head)
        self.edition = rules.edition
        self._revoked = rules.revoked
        self._connection = connection
        self._recent: dict[str, CardEntry | None] = {}
        self._by_id = schema.select_card(rules.edition.generation, "card_id")
        self._by_uid = schema.select_card(rules.edition.generation, "uid")

    def card(self, card_id: str) -> CardEntry | None:
        """By id; BookUnavailable when the file cannot be read."""
        try:
            return self._recent[card_id]
        except KeyError:
            pass
        found = self._find(self._by_id, card_id)
        if len(self._recent) >= RECENT_CARDS:
            self._recent.clear()
        self._recent[card_id] = found
        return found

    def card_of_uid(self, uid: str) -> CardEntry | None:
        """By UID; BookUnavailable when the file cannot be read."""
        return self._find(self._by_uid, uid)

    def revocation(self, card_id: str) -> Revocation | None:
        """The newest sticky one."""
        return self._revoked.get(card_id)

    def _find(self, query: str, key: str) -> CardEntry | None:
        try:
            row = self._connection.execute(query, (key,)).fetchone()
        except sqlite3.Error as error:
            raise BookUnavailable(f"the policy book cannot be read: {error}") from error
        return None if row is None else schema.card_of(row)


class _Reader(threading.local):
    """What one thread holds."""

    connection: sqlite3.Connection | None = None
    data_version = -1
    checked_ns = 0
    view: _View | None = None


class BookFile:
    """Gives the book in force. An absent or unreadable book is one without a policy: every card is refused."""

    def __init__(self, state_dir: Path) -> None:
        self._folder = state_dir
        self._reader = _Reader()
        self._shared: _Rules | None = None
        self._guard = threading.Lock()
        self._open: list[tuple[sqlite3.Connection, LinkedFile]] = []
        self._complaint = ""

    def current(self) -> Book:
        """The edition in force now. Take it once per decision, so that the whole decision stands on one edition."""
        try:
            return self._current()
        except (sqlite3.Error, OSError, ValueError) as error:
            self._forget()
            if self._complaint != str(error):
                self._complaint = str(error)
                _log.error("no policy book", problem=self._complaint)
            return _NO_POLICY

    def close(self) -> None:
        """Close every thread's connection."""
        with self._guard:
            for connection, _ in self._open:
                connection.close()
            self._open.clear()
        self._reader = _Reader()

    def _current(self) -> Book:
        reader = self._reader
        connection = self._connected(reader)
        # Changes whenever another connection has committed (https://sqlite.org/pragma.html#pragma_data_version).
        data_version = connection.execute("PRAGMA data_version").fetchone()[0]
        if data_version != reader.data_version or reader.view is None:
            edition = schema.edition(connection)
            if reader.view is None or reader.view.edition != edition:
                reader.view = _View(self._rules(connection), connection)
            reader.data_version = data_version
        return reader.view

    def _connected(self, reader: _Reader) -> sqlite3.Connection:
        now_ns = time.monotonic_ns()
        if reader.connection is not None and now_ns - reader.checked_ns < LINK_CHECK_NS:
            return reader.connection
        link = next((link for connection, link in self._open if connection is reader.connection), None)
        if reader.connection is None or link is None or not link.is_current():
            self._forget()
            link = LinkedFile(self._folder, schema.BOOK_NAME)
            reader.connection = schema.connect(link.remember())
            with self._guard:
                self._open.append((reader.connection, link))
        reader.checked_ns = now_ns
        return reader.connection

    def _forget(self) -> None:
        reader = self._reader
        if reader.connection is not None:
            with self._guard:
                self._open = [pair for pair in self._open if pair[0] is not reader.connection]
            reader.connection.close()
        reader.connection, reader.view, reader.data_version = None, None, -1

    def _rules(self, connection: sqlite3.Connection) -> _Rules:
        """Edition, head and revocations of one instant; parsed once for all threads."""
        connection.execute("BEGIN")
        try:
            edition = schema.edition(connection)
            shared = self._shared
            if shared is not None and shared.edition == edition:
                return shared
            head = connection.execute("SELECT head FROM book").fetchone()[0]
            bodies = connection.execute("SELECT body FROM revocation ORDER BY rev_seq").fetchall()
        finally:
            connection.execute("COMMIT")
        rules = _Rules(
            edition,
            PolicyHead.from_bytes(head) if head is not None else None,
            [Revocation.from_bytes(body) for (body,) in bodies],
        )
        self._shared = rules
        return rules
