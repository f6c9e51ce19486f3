"""The journal as a file that several processes of one box append to.

`journal.db` is a symbolic link to `journal-{epoch}.db` (see `linked_file`). A damaged file is set aside by pointing
the link at a new one.
"""

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import TypeVar

import structlog

from card_protocol.errors import CallerFault
from card_protocol.words.event import EVENT_MAX_BYTES, GENESIS, Event
from gateway.drivers import journal_prune
from gateway.drivers import journal_schema as schema
from gateway.drivers.deadline import DeadlineWriter
from gateway.drivers.file_lock import FileLock, LockTimeout
from gateway.drivers.group_commit import GroupCommit
from gateway.drivers.journal_check import NOTHING_ACKED, find_problem
from gateway.drivers.journal_place import JournalPlace
from gateway.drivers.reserve import Reserve
from gateway.drivers.sqlite_faults import is_damage, is_full
from gateway.ports.clock import Clock
from gateway.ports.entropy import Entropy
from gateway.ports.journal import APPEND_TIMEOUT_MS, Entry, Failed, Head, JournalUnavailable

READ_MAX_EVENTS = 10_000

_log = structlog.get_logger()
T = TypeVar("T")


class _NotCurrent(Exception):
    """Another file has taken over."""


class JournalFile:
    """See `gateway.ports.journal.Journal`. A file that is damaged when it is opened, or later, is set aside.

    `acked` is what the server is known to hold of each epoch; `thorough` walks the whole file at start
    (seconds for a million events), otherwise its tail. JournalUnavailable when there is no way to open or make a file.
    """

    def __init__(
        self,
        folder: Path,
        gateway: str,
        clock: Clock,
        entropy: Entropy = os.urandom,
        *,
        acked: Mapping[str, Head] = NOTHING_ACKED,
        thorough: bool = False,
    ) -> None:
        self._gateway = gateway
        self._place = JournalPlace(folder, gateway, clock, entropy)
        self._lock = FileLock(folder / "journal.lock")
        self._reserve = Reserve(folder)
        self._turn = Lock()
        self._connection: sqlite3.Connection | None = None
        self._who = schema.Identity(gateway, "", 0, GENESIS)
        self._end: Head | None = None
        """Where we left the chain; another program may have gone on since."""
        self._group: GroupCommit[list[bytes], Head] = GroupCommit(self._commit)
        self._late = DeadlineWriter(self.append)
        self._locked(lambda: self._open(acked, thorough=thorough))

    def append(self, *events: Event) -> Head:
        """See the port. Callers at the same time share one transaction."""
        return self.append_bodies([_body(event) for event in events])

    def append_bodies(self, bodies: Sequence[bytes]) -> Head:
        """See the port."""
        return self._group.submit(list(bodies))

    def append_within(self, event: Event, deadline_ms: int, failed: Failed) -> Head | None:
        """See the port."""
        return self._late.write(event, deadline_ms, failed)

    def head(self) -> Head:
        """See the port."""
        return self._read(lambda connection: schema.head(connection, self._who))

    def floor(self) -> Head:
        """See the port."""
        return self._read(lambda _: Head(self._who.epoch, self._who.floor_seq, self._who.floor_hash))

    def read(self, from_seq: int, limit: int) -> Sequence[Entry]:
        """See the port. At most 10,000 at once."""
        return self._read(lambda connection: list(schema.entries(connection, from_seq, min(limit, READ_MAX_EVENTS))))

    def hash_of(self, seq: int) -> bytes | None:
        """See the port."""
        return self._read(lambda connection: schema.hash_of(connection, self._who, seq))

    def count(self) -> int:
        """See the port."""
        return self._read(lambda connection: int(connection.execute("SELECT count(*) FROM event").fetchone()[0]))

    def prune(self, upto: int, dropped: Event | None = None) -> Head:
        """Remove the oldest events up to `upto`, never the newest; the new floor.

        `dropped` is journaled in the same transaction: for events that the server does not hold.
        """

        def work(connection: sqlite3.Connection) -> Head:
            self._who = self._pruned(connection, upto, [] if dropped is None else [_body(dropped)])
            return Head(self._who.epoch, self._who.floor_seq, self._who.floor_hash)

        release = self._reserve.release_last
        with self._turn:
            floor = self._locked(lambda: self._mended(work), release)
            self._locked(lambda: self._mended(journal_prune.give_back), release)
        return floor

    def prune_older(self, wall_ms: int, upto: int) -> Head:
        """Remove events older than a wall time [ms], none behind `upto`."""
        oldest = self._read(lambda connection: journal_prune.newest_before(connection, self._who, wall_ms))
        return self.prune(min(oldest, upto))

    def set_aside(self, problem: str) -> None:
        """See the port."""
        with self._turn:
            self._locked(lambda: self._renew(problem))

    def close(self) -> None:
        """Write what waits, and close the file."""
        self._late.close()
        with self._turn:
            self._drop_connection()
            self._lock.close()

    def _commit(self, items: list[list[bytes]]) -> list[Head]:
        with self._turn:
            if self._connection is not None:
                try:
                    return self._quickly(self._connection, items)
                except (sqlite3.Error, _NotCurrent):
                    # Rolled back. The long way finds out what is wrong and mends what can be mended.
                    pass
            return self._locked(lambda: self._mended(lambda connection: self._write(connection, items)))

    def _quickly(self, connection: sqlite3.Connection, items: list[list[bytes]]) -> list[Head]:
        """The path of every event: nothing but the lock, one look at the link, and the transaction."""
        try:
            self._lock.acquire(APPEND_TIMEOUT_MS)
        except LockTimeout as error:
            raise JournalUnavailable(f"the journal cannot be written: {error}") from error
        try:
            if not self._place.is_current():
                raise _NotCurrent
            return self._write(connection, items)
        finally:
            self._lock.release()

    def _pruned(self, connection: sqlite3.Connection, upto: int, told: list[bytes]) -> schema.Identity:
        connection.execute("BEGIN IMMEDIATE")
        try:
            who = schema.identity(connection, self._gateway)
            schema.insert(connection, schema.link(self._gateway, schema.head(connection, who), told))
            who = journal_prune.prune(connection, who, upto)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return who

    def _write(self, connection: sqlite3.Connection, items: list[list[bytes]]) -> list[Head]:
        if self._end is not None and len(items) == 1 and len(items[0]) == 1:
            linked = schema.link(self._gateway, self._end, items[0])
            # One statement, its own transaction. It does nothing when another program has appended.
            if schema.insert_behind(connection, linked[0]):
                self._end = Head(self._end.epoch, linked[0].seq, linked[0].hash)
                return [self._end]
            self._end = None
        return self._write_many(connection, items)

    def _write_many(self, connection: sqlite3.Connection, items: list[list[bytes]]) -> list[Head]:
        heads, entries = [], []
        connection.execute("BEGIN IMMEDIATE")
        try:
            behind = schema.head(connection, self._who)
            for bodies in items:
                linked = schema.link(self._gateway, behind, bodies)
                behind = Head(behind.epoch, linked[-1].seq, linked[-1].hash) if linked else behind
                heads.append(behind)
                entries += linked
            schema.insert(connection, entries)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        self._end = behind
        return heads

    def _read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        with self._turn:
            try:
                if self._connection is not None and self._place.is_current():
                    return question(self._connection)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise JournalUnavailable(str(error)) from error
            return self._locked(lambda: self._mended(question))

    def _with_room(self, work: Callable[[], T], release: Callable[[], bool]) -> T:
        """Do the work; on a full disk give the reserve back and do it again. Lock held."""
        try:
            return work()
        except sqlite3.OperationalError as error:
            if not is_full(error) or not release():
                raise
            _log.error("disk_full", reserve="released")
            if self._connection is not None:
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return work()

    def _mended(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do the work on the current file; on one that turns out to be damaged, on its successor. Lock held."""
        if self._connection is None or not self._place.is_current():
            self._open()
        assert self._connection is not None
        try:
            return work(self._connection)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self._renew(str(error))
            return work(self._connection)

    def _locked(self, work: Callable[[], T], release: Callable[[], bool] | None = None) -> T:
        try:
            with self._lock.hold(APPEND_TIMEOUT_MS):
                return self._with_room(work, release or self._reserve.release)
        except (sqlite3.Error, OSError) as error:
            raise JournalUnavailable(f"the journal cannot be written: {error}") from error

    def _open(self, acked: Mapping[str, Head] = NOTHING_ACKED, *, thorough: bool = False) -> None:
        """Open what the link points at, or make a file. Lock held."""
        self._drop_connection()
        if not self._place.exists():
            self._renew("there is no journal any more" if acked else None)
            return
        try:
            self._connection = self._place.connect()
            problem = find_problem(self._connection, self._gateway, acked, thorough=thorough)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            problem = str(error)
        if problem is not None:
            self._renew(problem)
            return
        assert self._connection is not None
        self._who = schema.identity(self._connection, self._gateway)

    def _renew(self, problem: str | None) -> None:
        """A new file with a new epoch; the old one keeps its name and content. Lock held."""
        self._drop_connection()
        old = self._place.renew(problem)
        if problem is not None:
            _log.error("journal_set_aside", file=old, problem=problem)
        self._connection = self._place.connect()
        self._who = schema.identity(self._connection, self._gateway)

    def _drop_connection(self) -> None:
        self._end = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _body(event: Event) -> bytes:
    body = event.to_bytes()
    if len(body) > EVENT_MAX_BYTES:
        raise CallerFault(f"an event of {len(body)} bytes; the journal takes {EVENT_MAX_BYTES}")
    return body
