"""Callbacks at a later time, on one thread for the whole daemon. Nothing is cancelled: machines know stale timers."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from typing import Final

import structlog

TIMERS_MAX: Final = 4096

_log = structlog.get_logger()


class Timers:
    """Starts its thread; `close` ends it, and what was still to come does not."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._news = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="timers", daemon=True)
        self._thread.start()

    def after(self, ms: int, act: Callable[[], None]) -> None:
        """Call `act` in `ms` milliseconds. Quick, and it may ask for more timers."""
        due_ns = time.monotonic_ns() + ms * 1_000_000
        with self._news:
            if len(self._heap) >= TIMERS_MAX:
                _log.error("too_many_timers", timers=len(self._heap))
                return
            heapq.heappush(self._heap, (due_ns, next(self._numbers), act))
            self._news.notify()

    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def close(self) -> None:
        """End the thread."""
        with self._news:
            self._closing = True
            self._news.notify()
        self._thread.join()

    def _run(self) -> None:
        while (act := self._next()) is not None:
            try:
                act()
            except Exception:
                _log.exception("timer_failed")

    def _next(self) -> Callable[[], None] | None:
        with self._news:
            while not self._closing:
                wait_ns = self._heap[0][0] - time.monotonic_ns() if self._heap else None
                if wait_ns is not None and wait_ns <= 0:
                    return heapq.heappop(self._heap)[2]
                self._news.wait(None if wait_ns is None else wait_ns / 1_000_000_000)
            return None
