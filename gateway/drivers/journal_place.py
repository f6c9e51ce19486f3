"""Where the journal lives: the link, the file it leads to, and how a new one takes over."""

import sqlite3
from pathlib import Path

from card_protocol.words.event import EventKind, note_event
from gateway.drivers import journal_schema as schema
from gateway.drivers.linked_file import LinkedFile
from gateway.drivers.sqlite_faults import NotOurs
from gateway.ports.clock import Clock
from gateway.ports.entropy import Entropy

EPOCH_BYTES = 8
JOURNAL_NAME = "journal.db"
FILES_MAX = 64
"""Files that were set aside; a disk that damages every new one must not be filled with them."""

_PROBLEM_MAX_CHARS = 300


class JournalPlace(LinkedFile):
    """One folder. The caller holds the journal's lock for everything but `is_current`."""

    def __init__(self, folder: Path, gateway: str, clock: Clock, entropy: Entropy) -> None:
        super().__init__(folder, JOURNAL_NAME)
        self._gateway, self._clock, self._entropy = gateway, clock, entropy

    def connect(self) -> sqlite3.Connection:
        """Open the journal, whichever file that is; NotOurs when nothing is left in it."""
        path = self.remember()
        if not path.stat().st_size:
            # SQLite would take it for a new data base and write in it.
            raise NotOurs("the file is empty")
        return schema.connect(path)

    def renew(self, problem: str | None) -> str:
        """Make an empty journal with a new epoch and point the link at it; returns the old file's name.

        With a problem, the first event of the new file tells it, and the name of the file that was set aside.
        """
        if sum(1 for _ in self.folder.glob("journal-*.db")) >= FILES_MAX:
            raise OSError(f"{FILES_MAX} journal files lie in {self.folder}: the disk is failing, or clear it by hand")
        epoch = self._entropy(EPOCH_BYTES).hex()
        old = self.set_aside_name(epoch)
        path = self.folder / f"journal-{epoch}.db"
        schema.create(path, self._gateway, epoch, None if problem is None else self._story(old, problem))
        self.point_at(path)
        return old

    def _story(self, old: str, problem: str) -> bytes:
        kind = EventKind.JOURNAL_DAMAGED
        return note_event(kind, self._clock.now(), set_aside=old, problem=problem[:_PROBLEM_MAX_CHARS]).to_bytes()
