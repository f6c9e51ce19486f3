"""A moment: wall time, monotonic time, and how far the wall time can be believed (design § 5)."""

from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

from pydantic import Field

from card_protocol.words.base import Word

LOCAL_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has kept UTC+8 without summer time since 1991, so no time-zone data base is needed at a door."""

DAY_MS = 86_400_000
MINUTE_MS = 60_000


class ClockQuality(StrEnum):
    """Where the wall time came from, worst first."""

    UNKNOWN = "unknown"
    FLOOR = "floor"
    RTC = "rtc"
    NTP = "ntp"
    SERVER = "server"


class Moment(Word):
    """When something happened: `wall_ms` since 1970 UTC, `mono_ns` since this boot of this box."""

    wall_ms: int = Field(ge=0, lt=2**48)
    mono_ns: int = Field(ge=0)
    boot: str
    clock: ClockQuality


def local_day_and_minute(wall_ms: int) -> tuple[date, int]:
    """The local calendar day and the minute of that day, 0..1439."""
    local = datetime.fromtimestamp(wall_ms // 1000, UTC).astimezone(LOCAL_TIME)
    return local.date(), local.hour * 60 + local.minute


def local_ms(day: date, minute: int = 0) -> int:
    """Wall time [ms] of a local day and minute: the inverse of `local_day_and_minute`."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=LOCAL_TIME)
    return int(midnight.timestamp()) * 1000 + minute * MINUTE_MS


class PlayedDay(Word):
    """A clock for demonstrations: at real time `anchor_ms` it shows `from_ms`, and runs `speed` times as fast."""

    anchor_ms: int = Field(ge=0)
    from_ms: int = Field(ge=0)
    speed: int = Field(default=1, ge=1, le=100_000)

    def wall_ms(self, now_ms: int) -> int:
        """The played wall time at a real wall time [ms]."""
        return self.from_ms + (now_ms - self.anchor_ms) * self.speed
