"""The reserve: space that is taken while there is plenty, and given back when the disk is full.

On a full disk even DELETE and a checkpoint fail, because both write first. Removing a file makes them possible. A
quarter of the space is apart, for making room only: otherwise new events would eat all of it, and nothing could ever
be removed again.
"""

import os
from pathlib import Path
from typing import NamedTuple

RESERVE_NAME = "journal.reserve"
LAST_NAME = "journal.reserve-last"
START_BYTES = 1 << 20
"""What opening the box's files may take: logs, their indexes, small files that are replaced."""


class Reserve:
    """Two files of `size_bytes` together, next to the journal. Any process of the box may release them."""

    def __init__(self, state_dir: Path, size_bytes: int = 0) -> None:
        last_bytes = size_bytes // 4
        self._path, self._last_path = state_dir / RESERVE_NAME, state_dir / LAST_NAME
        self._sizes = {self._path: size_bytes - last_bytes, self._last_path: last_bytes}

    def exists(self) -> bool:
        """Whether both are there in their full size."""
        return all(_taken_bytes(path) >= size for path, size in self._sizes.items())

    def make(self) -> None:
        """Take the space; OSError when there is none (what could not be taken whole is given back)."""
        for path, size in self._sizes.items():
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(fd, 0, size)
            except OSError:
                path.unlink()
                raise
            finally:
                os.close(fd)

    def release(self) -> bool:
        """Give the larger part back, for new events; whether there was any."""
        return _removed(self._path)

    def release_last(self) -> bool:
        """Give all of it back, for making room; whether there was any."""
        return any([_removed(self._path), _removed(self._last_path)])


def _taken_bytes(path: Path) -> int:
    try:
        return path.stat().st_blocks * 512
    except FileNotFoundError:
        return -1


def _removed(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


class Space(NamedTuple):
    """How much of a file system is used (0 to 1), and how many bytes are left."""

    used: float
    free_bytes: int


def room_to_start(state_dir: Path) -> bool:
    """Before any file is opened: on a full disk even that fails, and with it who would make room. Whether there was
    no room, and something to give back; it is taken again when there is plenty."""
    return space(state_dir).free_bytes < START_BYTES and Reserve(state_dir).release_last()


def space(folder: Path) -> Space:
    """As somebody who is not root sees it (statvfs(3))."""
    found = os.statvfs(folder)
    usable = found.f_blocks - found.f_bfree + found.f_bavail
    return Space(1.0 - found.f_bavail / usable if usable else 1.0, found.f_bavail * found.f_frsize)
