"""Whether anybody has changed the book since a reader looked: a count in a file of its own beside the book's.

Even at rest; odd while the one writer is at work, and for as long as a writer that died in the middle is not back.
Asking through SQL tells the same and costs many times as much, at every tap.

SQLite's own files would tell it too (the head of the log's index, `…-shm`), but nobody but SQLite may open them. POSIX
drops every lock that a process has on a file when it closes *any* descriptor of that file (fcntl(2);
<https://sqlite.org/howtocorrupt.html>, § 2.2), and the next process that opens the data base takes itself for the first
one and cuts the index short under those that have it mapped: SIGBUS.
"""

import contextlib
import os
from pathlib import Path
from typing import Final, Self

MARK_BYTES: Final = 8
_RIGHTS: Final = 0o600


class BookMark:
    """The count as readers see it; any thread."""

    def __init__(self, database: Path) -> None:
        """`database` is the real file, not a link to it. OSError when the book has no mark."""
        self._path = _beside(database)
        self._fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)

    def is_current(self) -> bool:
        """Whether this is still the file that a writer would write to. A stat(2) and an fstat(2)."""
        try:
            return os.path.samestat(os.stat(self._path), os.fstat(self._fd))
        except OSError:
            return False

    def read(self) -> bytes:
        """Equal to an earlier one: nothing has changed. Empty: nobody knows, ask the book itself.

        Take it before reading the book: what is committed in between shows at the next question.
        """
        try:
            found = os.pread(self._fd, MARK_BYTES, 0)
        except OSError:
            return b""
        return found if len(found) == MARK_BYTES and not _count(found) % 2 else b""

    def close(self) -> None:
        """Let go."""
        os.close(self._fd)


class BookMarkWriter:
    """The writer's: a context manager around every transaction, one at a time."""

    def __init__(self, database: Path) -> None:
        """Make the mark, or go on where the last writer left it. OSError."""
        self._fd = os.open(_beside(database), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _RIGHTS)
        found = os.pread(self._fd, MARK_BYTES, 0)
        self._at = _count(found) if len(found) == MARK_BYTES else 0
        self._at += self._at % 2

    def __enter__(self) -> Self:
        """From here on readers ask the book itself. OSError when they cannot be told: then nothing may be changed."""
        self._write(self._at + 1)
        return self

    def __exit__(self, *_: object) -> None:
        """Changed or not, it counts as changed. An odd mark that stays costs readers time and nothing else."""
        self._at += 2
        with contextlib.suppress(OSError):
            self._write(self._at)

    def close(self) -> None:
        """Let go."""
        os.close(self._fd)

    def _write(self, count: int) -> None:
        # Not through a mapping: on a full disk that would end the process instead of failing.
        os.pwrite(self._fd, (count % (1 << 8 * MARK_BYTES)).to_bytes(MARK_BYTES, "little"), 0)


def _beside(database: Path) -> Path:
    return database.with_name(f"{database.name}-mark")


def _count(found: bytes) -> int:
    return int.from_bytes(found, "little")
