"""Events that the journal does not take now (a full disk, a lock that is held for too long): kept until it does."""

import threading
from collections import deque
from typing import Final

import structlog

from card_protocol.errors import CallerFault
from card_protocol.words.event import Event
from gateway.ports.journal import Journal, JournalUnavailable

BACKLOG_MAX_EVENTS: Final = 4096
"""What waits in memory. Beyond it events are lost, loudly."""

RETRY_AFTER_MS: Final = 1000
"""How long whoever calls `write` waits after a refusal."""

_log = structlog.get_logger()


class Backlog:
    """In their order, each once. Events come from any thread; one at a time writes. Nothing here raises.

    A power cut takes what waits along: it was promised to nobody.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: deque[Event] = deque()
        self._guard = threading.Lock()
        self.lost_events = 0

    @property
    def waiting(self) -> int:
        """How many events are not in the journal yet."""
        return len(self._waiting)

    @property
    def events(self) -> tuple[Event, ...]:
        """They, the oldest first."""
        return tuple(self._waiting)

    def note(self, event: Event) -> None:
        """Write an event now, or behind those that wait already. Only where `write` is called as well."""
        if self._waiting or not self._append(event):
            self.keep(event)

    def keep(self, event: Event) -> None:
        """Let an event wait; not for the disk."""
        with self._guard:
            if len(self._waiting) < BACKLOG_MAX_EVENTS:
                self._waiting.append(event)
                return
            self.lost_events += 1
        _log.error("event_lost", kind=event.kind.value, point=event.point, lost=self.lost_events)

    def write(self) -> bool:
        """Write what waits, as far as the journal takes it. Whether nothing waits any more."""
        while self._waiting:
            if not self._append(self._waiting[0]):
                return False
            self._waiting.popleft()
        return True

    def _append(self, event: Event) -> bool:
        """Whether the event is done with: written, or one that can never be."""
        try:
            self._journal.append(event)
        except JournalUnavailable as fault:
            _log.error("journal_unavailable", why=str(fault), waiting=len(self._waiting))
            return False
        except CallerFault:
            _log.exception("event_refused", kind=event.kind.value, point=event.point)
        return True
