"""The interface of every field, and what their threads share."""

import select
import socket
import threading
from contextlib import suppress
from typing import Protocol

from firmware_sim.field.visit import Ending, Visit


class Field(Protocol):
    """The place in front of one reader. At most one visit at a time."""

    def place(self, visit: Visit) -> None:
        """Put a card there; one that still lies there leaves (``told``)."""
        ...

    def clear(self) -> None:
        """Take the card away, if there is one."""
        ...

    def close(self) -> None:
        """Clear, stop the thread, free the port."""
        ...


class HasFileno(Protocol):
    """What ``select`` takes."""

    def fileno(self) -> int:
        """The descriptor."""
        ...


class Doorbell:
    """Wakes a thread that waits in ``select`` on its own file descriptors."""

    def __init__(self) -> None:
        self._inside, self._outside = socket.socketpair()
        self._inside.setblocking(False)
        self._outside.setblocking(False)

    def fileno(self) -> int:
        """For ``select``."""
        return self._inside.fileno()

    def ring(self) -> None:
        """Never blocks; a full line rings anyhow, a closed one no more."""
        with suppress(OSError):
            self._outside.send(b"\x00")

    def answer(self) -> None:
        """Swallow the rings so far."""
        with suppress(OSError):
            self._inside.recv(4096)

    def close(self) -> None:
        """Free both ends."""
        self._inside.close()
        self._outside.close()


class Stand:
    """Who lies in the field, shared by the thread that serves it and those who place and clear."""

    def __init__(self) -> None:
        self.bell = Doorbell()
        self._lock = threading.Lock()
        self._visit: Visit | None = None
        self._stopped = threading.Event()

    @property
    def visit(self) -> Visit | None:
        """The visit that is here and not over; a card that a hand put in its place takes over."""
        with self._lock:
            visit = self._visit
            if visit is not None and visit.over.is_set():
                self._visit = visit = visit.successor
                if visit is not None:
                    visit.on_end = self.bell.ring
            return visit

    @property
    def stopped(self) -> bool:
        """The field closes."""
        return self._stopped.is_set()

    def place(self, visit: Visit) -> None:
        """See :class:`Field`."""
        with self._lock:
            if self._visit is not None:
                self._visit.end(Ending.TOLD)
            visit.on_end = self.bell.ring
            self._visit = visit
        self.bell.ring()

    def clear(self) -> None:
        """See :class:`Field`."""
        with self._lock:
            if self._visit is not None:
                self._visit.end(Ending.TOLD)
            self._visit = None
        self.bell.ring()

    def stop(self) -> None:
        """Clear and wake the thread for the last time."""
        self._stopped.set()
        self.clear()

    def rest(self, pause_ms: int) -> None:
        """Do nothing for a while; a stop wakes at once."""
        self._stopped.wait(pause_ms / 1000)

    def wait(self, *files: HasFileno, timeout_s: float | None = None) -> bool:
        """True when one of the files can be read; False when the bell rang alone or the time is over."""
        ready, _, _ = select.select([self.bell, *files], [], [], timeout_s)
        if self.bell in ready:
            self.bell.answer()
        return any(file is not self.bell for file in ready)
