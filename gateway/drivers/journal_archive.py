"""Journal files that were set aside: what the server lacks of them is offered to the sync.

A sound one is read as it is. Of a damaged one a copy of what can be proven is made (`salvage-{epoch}.db`), which is
removed when the server has it; the damaged file itself stays for ever, and is read again when the server was put back
from a backup and asks for it.
"""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from gateway.drivers import journal_schema as schema
from gateway.drivers.journal_check import find_problem
from gateway.drivers.journal_place import JOURNAL_NAME
from gateway.drivers.journal_salvage import salvage
from gateway.drivers.sqlite_faults import is_damage
from gateway.drivers.state_file import StateFile
from gateway.ports.journal import Chain, Entry, Head, JournalUnavailable

_NAME = re.compile(r"journal-([0-9a-f]{16})\.db")
_log = structlog.get_logger()


class OldJournal:
    """One file, for reading (`gateway.ports.journal.Chain`)."""

    def __init__(self, path: Path, gateway: str) -> None:
        self._connection = schema.connect(path)
        self._who = schema.identity(self._connection, gateway)
        query = "SELECT count(*) FROM sqlite_schema WHERE name = 'anchor'"
        self._anchored = bool(self._connection.execute(query).fetchone()[0])

    def head(self) -> Head:
        """See the port."""
        return schema.head(self._connection, self._who)

    def floor(self) -> Head:
        """See the port."""
        return Head(self._who.epoch, self._who.floor_seq, self._who.floor_hash)

    def read(self, from_seq: int, limit: int) -> Sequence[Entry]:
        """See the port."""
        try:
            return list(schema.entries(self._connection, from_seq, limit))
        except sqlite3.Error as error:
            raise JournalUnavailable(f"an old journal cannot be read: {error}") from error

    def hash_of(self, seq: int) -> bytes | None:
        """See the port; before the first event behind a hole it is known too."""
        found = schema.hash_of(self._connection, self._who, seq)
        if found is None and self._anchored:
            row = self._connection.execute("SELECT hash FROM anchor WHERE seq = ?", (seq,)).fetchone()
            return row[0] if row else None
        return found

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class JournalArchive:
    """See `gateway.ports.journal.Archive`."""

    def __init__(self, state_dir: Path, gateway: str, state: StateFile) -> None:
        self._folder, self._gateway, self._state = state_dir, gateway, state
        self._open: dict[str, OldJournal] = {}

    def unsent(self) -> Sequence[tuple[Chain, Head | None]]:
        """See the port. A file that cannot be read at all is left to a person; that is logged."""
        acked, finished = self._state.acked(), self._state.finished()
        current = (self._folder / JOURNAL_NAME).resolve().name
        in_use = _NAME.fullmatch(current)
        if in_use is not None and in_use[1] in finished:
            self._state.unfinish(in_use[1])
        found: list[tuple[Chain, Head | None]] = []
        for path in sorted(self._folder.glob("journal-*.db")):
            match = _NAME.fullmatch(path.name)
            if match is None or path.name == current or match[1] in finished:
                continue
            try:
                chain = self._chain(path, match[1])
            except (sqlite3.Error, OSError) as error:
                _log.error("old_journal_unreadable", file=path.name, problem=str(error))
                continue
            known = acked.get(match[1])
            if known is not None and _contradicts(chain, known):
                # Put back to an older state: what it says of itself is worth more than what we remember of it.
                known = None
            if chain.head().seq > max(known.seq if known else 0, chain.floor().seq):
                found.append((chain, known))
            else:
                self.finish(match[1], chain.head().seq)
        return found

    def chain(self, epoch: str) -> Chain | None:
        """See the port."""
        return self._open.get(epoch)

    def past(self) -> Mapping[str, int]:
        """See the port."""
        return self._state.finished()

    def reopen(self, epoch: str) -> Chain | None:
        """See the port."""
        path = self._folder / f"journal-{epoch}.db"
        if not path.exists():
            return None
        try:
            return self._chain(path, epoch)
        except (sqlite3.Error, OSError) as error:
            raise JournalUnavailable(f"{path.name} cannot be read: {error}") from error

    def finish(self, epoch: str, upto: int) -> None:
        """See the port."""
        self._state.finish(epoch, upto)
        if (old := self._open.pop(epoch, None)) is not None:
            old.close()
        for part in ("", "-wal", "-shm"):
            (self._folder / f"salvage-{epoch}.db{part}").unlink(missing_ok=True)

    def close(self) -> None:
        """Close what is open."""
        for old in self._open.values():
            old.close()
        self._open.clear()

    def _chain(self, path: Path, epoch: str) -> OldJournal:
        if epoch not in self._open:
            copy = self._folder / f"salvage-{epoch}.db"
            if not copy.exists() and not self._is_sound(path):
                kept = salvage(path, copy, self._gateway, epoch)
                _log.warning("journal_salvaged", file=path.name, events=kept)
            self._open[epoch] = OldJournal(copy if copy.exists() else path, self._gateway)
        return self._open[epoch]

    def _is_sound(self, path: Path) -> bool:
        try:
            connection = schema.connect(path)
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                return False
            raise
        try:
            return find_problem(connection, self._gateway, thorough=True) is None
        finally:
            connection.close()


def _contradicts(chain: Chain, known: Head) -> bool:
    """Whether the file cannot be the one of which the server holds this. That an event is in a hole says nothing."""
    found = chain.hash_of(known.seq)
    return known.seq > chain.head().seq if found is None else found != known.hash
