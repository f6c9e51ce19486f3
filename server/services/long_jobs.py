"""Work that takes longer than a request may: on a thread of its own, watched by whoever likes, one at a time.

A browser that leaves loses nothing. What is under way lives in memory: a server that stops ends it, and its
transaction with it; what has not been committed can be begun again.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from server.services.problems import Code, Problem

MAX_JOBS = 8
"""Waiting or running; more are refused."""

_log = structlog.get_logger()


@dataclass
class Progress:
    """How far a job is. `done` of `total` steps; 0 of 0 while it waits for its turn."""

    done: int = 0
    total: int = 0

    @property
    def percent(self) -> int:
        """0 to 100."""
        return min(100, self.done * 100 // self.total) if self.total else 0


Step = Callable[[int, int], None]
"""(done, total): a job tells how far it is."""


class LongJobs:
    """Jobs by name; two of one name do not run at once. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="long-job")
        self._running: dict[str, Progress] = {}
        self._failed: dict[str, Code] = {}

    def start(self, name: str, work: Callable[[Step], object]) -> None:
        """Begin when those before it are over; Problem WRONG_STATE when it runs already, TOO_MANY."""
        with self._lock:
            if name in self._running:
                raise Problem(Code.WRONG_STATE, f"{name} is being worked on already.")
            if len(self._running) >= MAX_JOBS:
                raise Problem(Code.TOO_MANY)
            self._failed.pop(name, None)
            progress = self._running[name] = Progress()
        self._pool.submit(self._run, name, progress, work)

    def progress(self, name: str) -> Progress | None:
        """How far it is; None when it does not run."""
        with self._lock:
            return self._running.get(name)

    def failure(self, name: str) -> Code | None:
        """Why the last job of this name failed; None when it did not. Told once."""
        with self._lock:
            return self._failed.pop(name, None)

    def close(self) -> None:
        """Take nothing up any more; what runs is finished first."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, name: str, progress: Progress, work: Callable[[Step], object]) -> None:
        def step(done: int, total: int) -> None:
            progress.done, progress.total = done, total

        failed: Code | None = None
        try:
            work(step)
        except Problem as problem:
            failed = problem.code
        except Exception:
            _log.exception("job_failed", job=name)
            failed = Code.FAILED
        with self._lock:
            if failed is not None:
                self._failed = {**dict(list(self._failed.items())[-MAX_JOBS:]), name: failed}
            del self._running[name]
