"""A lock between processes on one box: flock(2), which the kernel releases when its holder dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FIRST_WAIT_S = 0.0002
_LONGEST_WAIT_S = 0.005


class LockTimeout(OSError):
    """Another process held the lock for longer than we may wait."""


class FileLock:
    """One file, one holder. Threads of one process must take turns before they come here: flock is per descriptor."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def try_acquire(self) -> bool:
        """Take it if it is free."""
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Let the next one in."""
        fcntl.flock(self._fd, fcntl.LOCK_UN)

    def acquire(self, timeout_ms: int) -> None:
        """Wait for it, at most `timeout_ms`; LockTimeout after that. A blocking flock would have no bound."""
        if self.try_acquire():
            return
        deadline = time.monotonic() + timeout_ms / 1000
        wait_s = _FIRST_WAIT_S
        while not self.try_acquire():
            if time.monotonic() >= deadline:
                raise LockTimeout(f"{self._path} was held by another process for {timeout_ms} ms")
            time.sleep(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)

    @contextmanager
    def hold(self, timeout_ms: int) -> Iterator[None]:
        """Hold it while the block lasts."""
        self.acquire(timeout_ms)
        try:
            yield
        finally:
            self.release()

    def close(self) -> None:
        """Close the file; a lock still held is released with it."""
        os.close(self._fd)
