"""Writing with a deadline: a person at a door waits for the disk only so long (design § 5).

fsync cannot be given up half-way, so a thread of its own waits for it while the caller waits for the thread.
"""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Lock, Thread

from card_protocol.words.event import Event
from gateway.ports.journal import Failed, Head, JournalUnavailable

QUEUE_MAX_EVENTS = 256
_ROUND_MAX_EVENTS = 64
_CLOSE_TIMEOUT_S = 5.0


class _Job:
    """One event on its way to the disk. `done` is released when it got there, or cannot; `failed` is whom to tell of
    that when the caller has gone."""

    __slots__ = ("done", "error", "event", "failed", "head")

    def __init__(self, event: Event) -> None:
        self.event = event
        # A bare lock and a SimpleQueue take half the time of Event and Queue, and a person is waiting.
        self.done = Lock()
        self.done.acquire()
        self.head: Head | None = None
        self.error: Exception | None = None
        self.failed: Failed | None = None


class DeadlineWriter:
    """Hands events to `append` on one thread, which starts with the first event."""

    def __init__(self, append: Callable[..., Head]) -> None:
        self._append = append
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._guard = Lock()

    def write(self, event: Event, deadline_ms: int, failed: Failed) -> Head | None:
        """The head behind the event, or None when it is not durable in time; raises what `append` raised.

        What `append` raises after the deadline goes to `failed`, on the thread that writes. A head of a round is the
        head behind its last event: another point's event may stand between.
        """
        with self._guard:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="journal-writer", daemon=True)
                self._thread.start()
        if self._queue.qsize() >= QUEUE_MAX_EVENTS:
            raise JournalUnavailable(f"{QUEUE_MAX_EVENTS} events wait for the journal already")
        job = _Job(event)
        self._queue.put(job)
        if not job.done.acquire(timeout=deadline_ms / 1000) and self._goes(job, failed):
            return None
        if job.error is not None:
            raise job.error
        return job.head

    def _goes(self, job: _Job, failed: Failed) -> bool:
        """Whether the caller may go: not if the answer came in this very moment."""
        with self._guard:
            if job.head is None and job.error is None:
                job.failed = failed
                return True
            return False

    def close(self) -> None:
        """Write what waits, at most five seconds long."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(_CLOSE_TIMEOUT_S)
            self._thread = None

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            jobs = [job, *self._more()]
            self._write([j for j in jobs if j is not None])
            if None in jobs:
                return

    def _more(self) -> list[_Job | None]:
        """What else waits: it shares the round's transaction."""
        found: list[_Job | None] = []
        while len(found) < _ROUND_MAX_EVENTS and (not found or found[-1] is not None):
            try:
                found.append(self._queue.get_nowait())
            except Empty:
                break
        return found

    def _write(self, jobs: list[_Job]) -> None:
        head, fault = None, None
        try:
            head = self._append(*(job.event for job in jobs))
        except Exception as error:  # the caller waits for it, whatever it is
            fault = error
        with self._guard:
            for job in jobs:
                job.head, job.error = head, fault
        for job in jobs:
            job.done.release()
            if fault is not None and job.failed is not None:
                job.failed(job.event, fault)
