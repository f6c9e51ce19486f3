"""The gateway's journal as a point sees it: a deadline for a tap, patience for everything that did not get in."""

import threading
from typing import Final

import structlog

from card_protocol.errors import CallerFault
from card_protocol.words.event import Event
from gateway.drivers.backlog import RETRY_AFTER_MS, Backlog
from gateway.ports.journal import Journal, JournalUnavailable

CLOSE_TIMEOUT_MS: Final = 3000

_log = structlog.get_logger()


class JournalRecorder:
    """Used by all points of the daemon at once. `close` writes what still waits."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._backlog = Backlog(journal)
        self._wake = threading.Condition()
        self._closing = False
        self._writer = threading.Thread(target=self._write_backlog, name="recorder", daemon=True)
        self._writer.start()

    @property
    def lost_events(self) -> int:
        """How many found the backlog full."""
        return self._backlog.lost_events

    def record(self, event: Event, deadline_ms: int) -> int | None:
        """See `Recorder.record`."""
        try:
            head = self._journal.append_within(event, deadline_ms, self._failed)
        except (JournalUnavailable, CallerFault) as fault:
            self._failed(event, fault)
            return None
        return None if head is None else head.seq

    def note(self, event: Event) -> None:
        """See `Recorder.note`."""
        with self._wake:
            self._backlog.keep(event)
            self._wake.notify_all()

    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._writer.is_alive()

    def close(self) -> None:
        """Write what waits, for at most CLOSE_TIMEOUT_MS."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._writer.join(CLOSE_TIMEOUT_MS / 1000)
        if self._backlog.waiting:
            _log.error("events_unwritten", events=self._backlog.waiting)

    def _failed(self, event: Event, fault: Exception) -> None:
        """An event did not get in: in time, or later."""
        if isinstance(fault, CallerFault):
            _log.error("event_refused", kind=event.kind, point=event.point, exc_info=fault)
            return
        _log.error("journal_unavailable", why=str(fault))
        self.note(event)

    def _write_backlog(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._backlog.waiting or self._closing)
                if not self._backlog.waiting:
                    return
            if self._backlog.write():
                continue
            with self._wake:
                if self._wake.wait_for(lambda: self._closing, RETRY_AFTER_MS / 1000):
                    return
