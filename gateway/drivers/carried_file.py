"""What cards told the box (`gateway.ports.carried.Carried`), in a file of its own: `carried.db` belongs to the edge.

The policy book stays the sync's alone. What is here can only add: an entry that the server's own stream has reached
counts no more (`BookFile` sees to that), and a file that is lost or damaged is begun anew, because cards will tell it
again. Only `newest_serial` is worth more than that: without it an older grant could be put back here.
"""

import sqlite3
import threading
from pathlib import Path
from typing import Final

import structlog

from card_protocol.profiles.gossip import Adoption, Knowledge, adopt
from card_protocol.profiles.refusal import CardRefusal
from card_protocol.profiles.revocation_delta import RevocationDelta
from card_protocol.words.revocation import Revocation
from gateway.drivers.linked_file import LinkedFile
from gateway.drivers.sqlite_faults import NotOurs, is_damage
from gateway.drivers.sqlite_open import durable

CARRIED_NAME: Final = "carried.db"
DELTA_NAME: Final = "delta"
"""The newest delta that the server signed: written by the daemon, 192 bytes."""

FORMAT: Final = 1
BUSY_TIMEOUT_S: Final = 0.5
FILES_MAX: Final = 100
"""Damaged files that are kept beside the one in use; then we stop using a disk at all."""

_TABLES: Final = (
    """CREATE TABLE known (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        format INTEGER NOT NULL,
        version INTEGER NOT NULL,
        upto INTEGER NOT NULL,
        delta BLOB NOT NULL
    ) STRICT""",
    "CREATE TABLE revocation (card_id TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE serial (card_id TEXT PRIMARY KEY, serial INTEGER NOT NULL) STRICT, WITHOUT ROWID",
)
_log = structlog.get_logger()


class CarriedFile:
    """One per program. What was learnt holds at once for all its threads, whether or not the disk takes it."""

    def __init__(self, state_dir: Path) -> None:
        self._folder = state_dir
        self._guard = threading.Lock()
        self._knowledge = Knowledge()
        self._delta, self._upto = b"", 0
        self._serials: dict[str, int] = {}
        """Only those that the disk did not take."""
        self._connection = self._open()

    def about(self, card_id: str) -> Revocation | None:
        """See the port."""
        return self._knowledge.about(card_id)

    def deltas(self) -> tuple[bytes, ...]:
        """See the port."""
        try:
            ours = (self._folder / DELTA_NAME).read_bytes()
        except OSError:
            ours = b""
        return tuple(delta for delta in (ours, self._delta) if delta)

    def adopt(self, delta: RevocationDelta, signed: bytes, rev_seq: int, now_ms: int) -> Adoption | CardRefusal:
        """See the port. The disk is asked only when something changes."""
        with self._guard:
            before = self._knowledge
            adoption = adopt(Knowledge(max(before.version, rev_seq), before.entries), delta, now_ms)
            if isinstance(adoption, CardRefusal):
                return adoption
            newer = delta.upto > self._upto
            if adoption.news or newer:
                self._knowledge = adoption.knowledge
                self._delta, self._upto = (signed, delta.upto) if newer else (self._delta, self._upto)
                self._save()
            return adoption

    def _save(self) -> None:
        known = self._knowledge
        self._write(
            ("DELETE FROM revocation", []),
            ("INSERT INTO revocation VALUES (?, ?)", [(r.card_id, r.to_bytes()) for r in known.entries.values()]),
            ("UPDATE known SET version = ?, delta = ?, upto = ?", [(known.version, self._delta, self._upto)]),
        )

    def newest_serial(self, card_id: str) -> int:
        """See the port."""
        with self._guard:
            kept = 0
            if self._connection is not None:
                try:
                    row = self._connection.execute("SELECT serial FROM serial WHERE card_id = ?", (card_id,)).fetchone()
                    kept = row[0] if row else 0
                except sqlite3.Error as error:
                    _log.error("carried_unreadable", problem=str(error))
            return max(kept, self._serials.get(card_id, 0))

    def saw_serial(self, card_id: str, serial: int) -> None:
        """See the port."""
        if serial <= self.newest_serial(card_id):
            return
        with self._guard:
            upsert = "INSERT INTO serial VALUES (?, ?) ON CONFLICT DO UPDATE SET serial = max(serial, excluded.serial)"
            if not self._write((upsert, [(card_id, serial)])):
                self._serials[card_id] = serial

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _write(self, *statements: tuple[str, list[tuple[object, ...]]]) -> bool:
        """One transaction; whether the disk took it. A statement without rows is executed once."""
        if self._connection is None:
            return False
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                for statement, rows in statements:
                    if "?" in statement:
                        self._connection.executemany(statement, rows)
                    else:
                        self._connection.execute(statement)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            _log.error("carried_unwritten", problem=str(error))
            return False
        return True

    def _open(self) -> sqlite3.Connection | None:
        link = LinkedFile(self._folder, CARRIED_NAME)
        try:
            if link.exists():
                try:
                    return self._loaded(link.path.resolve())
                except (sqlite3.DatabaseError, ValueError) as error:
                    if isinstance(error, sqlite3.Error) and not is_damage(error):
                        raise
                    _log.error("carried_set_aside", file=link.target(), problem=str(error))
            return self._loaded(begin_anew(self._folder))
        except (sqlite3.Error, OSError) as error:
            _log.error("carried_unusable", problem=str(error))
            return None

    def _loaded(self, path: Path) -> sqlite3.Connection:
        connection = _connect(path)
        try:
            row = connection.execute("SELECT format, version, upto, delta FROM known").fetchone()
            if row is None or row[0] != FORMAT:
                raise NotOurs(f"the file is no carried.db of format {FORMAT}")
            bodies = connection.execute("SELECT body FROM revocation").fetchall()
            entries = [Revocation.from_bytes(body) for (body,) in bodies]
        except BaseException:
            connection.close()
            raise
        self._knowledge = Knowledge(row[1], {entry.card_id: entry for entry in entries})
        self._upto, self._delta = row[2:]
        return connection


def begin_anew(state_dir: Path) -> Path:
    """Put an empty file in the place of the present one, which keeps its name."""
    link = LinkedFile(state_dir, CARRIED_NAME)
    free = (state_dir / f"carried-{number}.db" for number in range(1, FILES_MAX + 1))
    path = next((path for path in free if not path.exists()), None)
    if path is None:
        raise OSError(f"{FILES_MAX} files were set aside in {state_dir}")
    path.touch(mode=0o600)
    link.set_aside_name(path.stem)
    connection = _connect(path)
    try:
        connection.execute("BEGIN")
        for statement in _TABLES:
            connection.execute(statement)
        connection.execute("INSERT INTO known VALUES (1, ?, 0, 0, x'')", (FORMAT,))
        connection.execute("COMMIT")
    finally:
        connection.close()
    link.point_at(path)
    return path


def forget(state_dir: Path) -> None:
    """For a box that moves to another place: what cards of the old one said is worth nothing in the new one."""
    if (state_dir / CARRIED_NAME).exists():
        begin_anew(state_dir)
    (state_dir / DELTA_NAME).unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
    return durable(connection)
