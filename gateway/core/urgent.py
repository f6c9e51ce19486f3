"""Alarms overtake a backlog (design § 6.5): which of the newest events a guard must hear of out of their turn."""

from collections.abc import Sequence

from card_protocol.wire.alarm import AlarmNotice, is_urgent
from card_protocol.words.event import Event
from gateway.ports.journal import Entry

BACKLOG_EVENTS = 400
"""From so many waiting events on, a new one would come too late in its turn."""

SCAN_MAX_EVENTS = 1000
NOTICES_MAX = 20
"""In one go; a thousand alarms at once are one alarm."""


class Lookout:
    """Remembers up to where the newest events were looked at."""

    def __init__(self) -> None:
        self._seen = 0

    def next_scan(self, acked_seq: int, head_seq: int) -> tuple[int, int] | None:
        """(from, limit) of what is to be looked at now; None while events go up in their turn anyway."""
        if head_seq - acked_seq < BACKLOG_EVENTS:
            self._seen = head_seq
            return None
        first = max(self._seen, acked_seq, head_seq - SCAN_MAX_EVENTS) + 1
        self._seen = head_seq
        return (first, head_seq - first + 1) if first <= head_seq else None

    def forget(self) -> None:
        """Another journal file, or nobody heard what was said."""
        self._seen = 0


def notices(gateway: str, epoch: str, entries: Sequence[Entry]) -> list[AlarmNotice]:
    """What to tell at once, the newest first. An event that cannot be read is the server's business, in its turn."""
    found = []
    for entry in reversed(entries):
        try:
            urgent = is_urgent(Event.from_bytes(entry.body))
        except ValueError:
            continue
        if urgent:
            found.append(AlarmNotice(gateway=gateway, epoch=epoch, seq=entry.seq, event=entry.body.decode()))
    return found[:NOTICES_MAX]
