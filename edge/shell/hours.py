"""Doors that stand unlocked by schedule: looked at every second, from the policy in force.

A box that does not know the time, or whose policy has expired or is unreadable, keeps its doors locked.
"""

from collections.abc import Callable, Mapping
from typing import Final

import structlog

from card_protocol.policy.book import Book
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.schedule import is_open
from edge.core.door_words import FreeTime
from edge.shell.door_keeper import DoorKeeper
from edge.shell.timers import Timers

LOOK_EVERY_MS: Final = 1000

_log = structlog.get_logger()


class Hours:
    """Begins with `start`; ends with the timers."""

    def __init__(
        self, doors: Mapping[str, DoorKeeper], book: Callable[[], Book], now: Callable[[], Moment], timers: Timers
    ) -> None:
        self._doors, self._book, self._now, self._timers = doors, book, now, timers

    def start(self) -> None:
        """Look now, and from now on: one look that fails is not the last."""
        self._timers.after(LOOK_EVERY_MS, self.start)
        self.look()

    def look(self) -> None:
        """Tell each door whether it is free now; a door that hears nothing new does nothing."""
        moment = self._now()
        for point, door in self._doors.items():
            door.happened(FreeTime(self._is_free(point, moment)))

    def _is_free(self, point: str, moment: Moment) -> bool:
        try:
            return is_free(self._book(), point, moment)
        except Exception:
            _log.exception("hours_unknown", point=point)
            return False


def is_free(book: Book, point_id: str, moment: Moment) -> bool:
    """Whether a point's door stands unlocked at a moment, by the policy."""
    point, head = book.point(point_id), book.head
    if point is None or head is None or point.free is None:
        return False
    schedule = book.schedule(point.free)
    if schedule is None or moment.clock is ClockQuality.UNKNOWN or moment.wall_ms >= head.expires_ms:
        return False
    return is_open(schedule, book.calendar, moment.wall_ms)
