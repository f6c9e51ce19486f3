"""A moment: wall time, monotonic time, and how far the wall time can be believed (design § 5)."""

from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from card_protocol.words.base import Count, Line, Word

LOCAL_OFFSET_MINUTES = 480
LOCAL_TIME = timezone(timedelta(minutes=LOCAL_OFFSET_MINUTES), "Asia/Shanghai")
"""China has kept UTC+8 without summer time since 1991, so no time-zone data base is needed at a door."""

DAY_MS = 86_400_000
MINUTE_MS = 60_000

_DAY_ZERO = date(1970, 1, 1).toordinal()

WALL_END_MS = 2**47
"""Wall times end in the year 6429, so that every one of them is a day of the calendar."""

WallMs = Annotated[int, Field(ge=0, lt=WALL_END_MS)]
"""Wall time [ms since 1970 UTC]."""


class ClockQuality(StrEnum):
    """Where the wall time came from, worst first."""

    UNKNOWN = "unknown"
    FLOOR = "floor"
    RTC = "rtc"
    NTP = "ntp"
    SERVER = "server"


class Moment(Word):
    """When something happened: `wall_ms` since 1970 UTC, `mono_ns` since this boot of this box."""

    wall_ms: WallMs
    mono_ns: Count
    boot: Line
    clock: ClockQuality


def local_day_and_minute(wall_ms: int) -> tuple[date, int]:
    """The local calendar day and the minute of that day, 0..1439."""
    ordinal, minute = local_ordinal_and_minute(wall_ms)
    return date.fromordinal(ordinal), minute


def local_ordinal_and_minute(wall_ms: int) -> tuple[int, int]:
    """The same with the day as its number (`date.toordinal`): arithmetic alone, because every decision asks."""
    days, minute = divmod(wall_ms // MINUTE_MS + LOCAL_OFFSET_MINUTES, DAY_MS // MINUTE_MS)
    return _DAY_ZERO + days, minute


def local_ms(day: date, minute: int = 0) -> int:
    """Wall time [ms] of a local day and minute: the inverse of `local_day_and_minute`."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=LOCAL_TIME)
    return int(midnight.timestamp()) * 1000 + minute * MINUTE_MS


class PlayedDay(Word):
    """A clock for demonstrations: at real time `anchor_ms` it shows `from_ms`, and runs `speed` times as fast."""

    anchor_ms: WallMs
    from_ms: WallMs
    speed: int = Field(default=1, ge=1, le=100_000)

    def wall_ms(self, now_ms: int) -> int:
        """The played wall time at a real wall time [ms], kept among the times that a `Moment` can carry."""
        since_ms = now_ms - self.anchor_ms
        # Before the anchor, while the stage is still being set, the clock keeps real pace.
        played = self.from_ms + (since_ms * self.speed if since_ms > 0 else since_ms)
        return min(max(played, 0), WALL_END_MS - 1)
