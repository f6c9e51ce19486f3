"""What time it is, and how far that can be believed (design § 5). Pure: readings in, a wall time out.

| the system's clock | floor | wall time | quality |
|---|---|---|---|
| at or after the floor, disciplined by NTP | any | the system's | ntp |
| at or after the floor | any | the system's | rtc |
| before the floor (dead battery: 1970) | persisted | floor + time since start | floor |
| before the build | none | build + time since start | unknown |
"""

from datetime import date
from typing import NamedTuple

from card_protocol.words.moment import ClockQuality, local_ms

BUILD_MS = local_ms(date(2026, 11, 1))
"""No box ran this program before that day, so no event is older."""

_MS_NS = 1_000_000


class Reading(NamedTuple):
    """One look at the system: wall clock [ms], monotonic clock [ns], and whether the kernel calls it synchronised."""

    system_ms: int
    mono_ns: int
    synchronised: bool


class Floor(NamedTuple):
    """The latest wall time [ms] that is known to have passed, and the monotonic time [ns] when that was learnt."""

    wall_ms: int
    mono_ns: int
    persisted: bool

    def at(self, mono_ns: int) -> int:
        """The floor as it has risen since."""
        return self.wall_ms + max(0, mono_ns - self.mono_ns) // _MS_NS


def start_floor(persisted_ms: int | None, mono_ns: int) -> Floor:
    """The floor at start: max(persisted, build)."""
    return Floor(max(persisted_ms or 0, BUILD_MS), mono_ns, persisted=(persisted_ms or 0) >= BUILD_MS)


def tell(reading: Reading, floor: Floor) -> tuple[int, ClockQuality]:
    """(wall time [ms], quality) as the table says."""
    if reading.system_ms >= floor.wall_ms:
        return reading.system_ms, ClockQuality.NTP if reading.synchronised else ClockQuality.RTC
    return floor.at(reading.mono_ns), ClockQuality.FLOOR if floor.persisted else ClockQuality.UNKNOWN
