"""The box's disk: real files, and what is left of them when the power goes.

| the power goes | what the next start finds |
|---|---|
| between two writes | everything: SQLite and the small files sync before they return |
| during a write | sectors of it, in any number and order; what was synced before is whole |
| and the disk had lied about syncing | an older moment, of the journal or of everything |
| and the disk has aged | a journal file of which sectors read as something else |
"""

import contextlib
import random
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

SECTOR_BYTES = 512
MEMORY = Path("/dev/shm")
MOMENTS_KEPT = 3


class Moment(NamedTuple):
    """The disk as it was."""

    folder: Path


class Before(NamedTuple):
    """Contents of the journal's files before a write."""

    contents: dict[str, bytes]


class Disk:
    """One folder; `folder` is another after every power cut, the old one is forgotten."""

    def __init__(self) -> None:
        where = MEMORY if MEMORY.is_dir() else None
        self._home = Path(tempfile.mkdtemp(prefix="onecard-sim-", dir=where))
        self._count = 0
        self.folder = self._home / "disk-0"
        self.folder.mkdir()
        self._moments: list[Moment] = []

    def before_write(self) -> Before:
        """Look at the journal's files."""
        return Before({path.name: path.read_bytes() for path in sorted(self.folder.glob("journal-*.db*"))})

    def remember(self) -> None:
        """Keep this moment: a disk that lies may come back to it."""
        self._moments.append(Moment(self._copy("moment")))
        while len(self._moments) > MOMENTS_KEPT:
            shutil.rmtree(self._moments.pop(0).folder)

    def cut(self, torn: Before | None = None, dice: random.Random | None = None) -> None:
        """The power goes and comes back: the folder as the next start finds it."""
        fresh = self._copy("disk")
        if torn is not None and dice is not None:
            _tear(fresh, torn, dice)
        self._replace(fresh)

    def lie(self, dice: random.Random) -> bool:
        """The same, but an older moment comes back: of everything, or of the journal alone. False: there is none."""
        if not self._moments:
            return False
        moment = dice.choice(self._moments)
        fresh = self._copy("disk") if dice.random() < 0.4 else self._copy("disk", moment.folder)
        if fresh is not None:
            for path in [*fresh.glob("journal*"), *fresh.glob("salvage*")]:
                path.unlink()
            for path in [*moment.folder.glob("journal*"), *moment.folder.glob("salvage*")]:
                shutil.copy2(path, fresh / path.name, follow_symlinks=False)
        for kept in self._moments:
            shutil.rmtree(kept.folder)
        self._moments.clear()
        self._replace(fresh)
        return True

    def rot(self, dice: random.Random) -> str:
        """The same, and some sectors of one journal file are spoiled; its epoch."""
        fresh = self._copy("disk")
        path = dice.choice(sorted(fresh.glob("journal-*.db")))
        with closing(sqlite3.connect(path)) as connection, contextlib.suppress(sqlite3.DatabaseError):
            # Long ago: what is in the log has gone into the file, unless that is spoiled already.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        content = bytearray(path.read_bytes())
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(0, len(content), SECTOR_BYTES)
            content[at : at + SECTOR_BYTES] = dice.randbytes(SECTOR_BYTES)
        path.write_bytes(content)
        self._replace(fresh)
        return path.stem.removeprefix("journal-")

    def copy_elsewhere(self) -> Path:
        """Somebody takes a copy of everything."""
        return self._copy("copy")

    def remove(self) -> None:
        """The end."""
        shutil.rmtree(self._home, ignore_errors=True)

    def _copy(self, name: str, source: Path | None = None) -> Path:
        self._count += 1
        path = self._home / f"{name}-{self._count}"
        shutil.copytree(source or self.folder, path, symlinks=True)
        return path

    def _replace(self, fresh: Path) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder = fresh


def _tear(folder: Path, before: Before, dice: random.Random) -> None:
    """Undo some sectors of the last write.

    Where SQLite moved pages into the data base too (a checkpoint), the log had been synced before: then the log is
    whole and only the data base is torn.
    """
    changed = {
        path: path.read_bytes()
        for path in sorted(folder.glob("journal-*.db*"))
        if not path.name.endswith("-shm") and before.contents.get(path.name) != path.read_bytes()
    }
    main = [path for path in changed if path.name.endswith(".db") and path.name in before.contents]
    for path, after in changed.items():
        if path.name in before.contents and (not main or path in main):
            path.write_bytes(_mixed(before.contents[path.name], after, dice))
    for path in folder.glob("journal-*.db-shm"):
        path.unlink()


def _mixed(old: bytes, new: bytes, dice: random.Random) -> bytes:
    """The new content in which some of the changed sectors are still the old ones, or end early."""
    size = len(new) if dice.random() < 0.5 else dice.randint(min(len(old), len(new)), len(new))
    share = dice.random()
    mixed = bytearray(new[:size])
    for start in range(0, size, SECTOR_BYTES):
        end = min(start + SECTOR_BYTES, size)
        # Dice for every sector, also for equal ones: SQLite draws numbers of its own for the head of a log.
        if dice.random() < share and new[start:end] != old[start:end]:
            kept = old[start:end]
            mixed[start:end] = kept + bytes(end - start - len(kept))
    return bytes(mixed)
