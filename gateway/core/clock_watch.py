"""Notices that the wall clock did not pass as the monotonic clock did, or comes from elsewhere than before."""

from card_protocol.words.event import Event, EventKind, note_event
from card_protocol.words.moment import Moment
from gateway.core.timekeeping import STEP_MS

LOOK_EVERY_NS = 1_000_000_000
TELL_EVERY_NS = 60_000_000_000
_MS_NS = 1_000_000


class ClockWatch:
    """One look a second; at most one event a minute, which then tells the whole way."""

    def __init__(self, start: Moment) -> None:
        self._last = start
        self._looked_ns = start.mono_ns
        self._told_ns = start.mono_ns - TELL_EVERY_NS

    def step(self, moment: Moment) -> Event | None:
        """The event to journal, if there is anything to tell."""
        if moment.mono_ns - self._looked_ns < LOOK_EVERY_NS:
            return None
        self._looked_ns = moment.mono_ns
        last = self._last
        by_ms = (moment.wall_ms - last.wall_ms) - (moment.mono_ns - last.mono_ns) // _MS_NS
        if abs(by_ms) <= STEP_MS and moment.clock is last.clock:
            self._last = moment
            return None
        if moment.mono_ns - self._told_ns < TELL_EVERY_NS:
            return None
        self._last, self._told_ns = moment, moment.mono_ns
        detail: dict[str, str | int] = {"by_ms": by_ms, "source": moment.clock.value, "before": last.clock.value}
        return note_event(EventKind.CLOCK_STEPPED, moment, None, **detail)
