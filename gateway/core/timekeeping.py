"""What time it is, and how far that can be believed (design § 5). Pure: readings in, a wall time out.

| server time (this boot) | the system's clock | floor | wall time | quality |
|---|---|---|---|---|
| known | disciplined by NTP, and agrees within 2 s | any | the system's | ntp |
| known | anything else | any | the server's, carried on by the monotonic clock | server |
| – | at or after the floor, disciplined by NTP | any | the system's | ntp |
| – | at or after the floor | any | the system's | rtc |
| – | before the floor (dead battery: 1970; set back) | persisted | the floor, carried on | floor |
| – | before the build | none | the build, carried on | unknown |

Server time comes signed in acknowledgements. One that names the hash of our own event was made after that event was
sent and before the ack arrived: two readings of the monotonic clock that bracket the server's. Brackets are cut with
one another; they widen with the drift of a cheap crystal, and one that has become too wide is worth nothing.
"""

from datetime import date
from typing import NamedTuple

from card_protocol.words.moment import ClockQuality, local_ms

BUILD_MS = local_ms(date(2026, 11, 1))
"""No box ran this program before that day, so no event is older."""

AGREE_MS = 2000
DRIFT_PPM = 100
USEFUL_BRACKET_MS = 10_000
"""A wider one is not taken: whoever delays an ack by more only keeps us from learning, and does not mislead us."""

WORTHLESS_BRACKET_MS = 60_000
STEP_MS = 2000

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


class Bracket(NamedTuple):
    """Between what the server's wall time minus our monotonic time lies [µs], as of a monotonic time [ns]."""

    low_us: int
    high_us: int
    at_ns: int

    @property
    def width_ms(self) -> int:
        """How unsure it is."""
        return (self.high_us - self.low_us) // 1000

    def at(self, mono_ns: int) -> "Bracket":
        """The same later: wider by the drift."""
        drift_us = -(-max(0, mono_ns - self.at_ns) * DRIFT_PPM // 1_000_000_000)
        return Bracket(self.low_us - drift_us, self.high_us + drift_us, max(mono_ns, self.at_ns))

    def wall_ms(self, mono_ns: int) -> int:
        """The server's wall time at a monotonic time: the middle."""
        return ((self.low_us + self.high_us) // 2 + mono_ns // 1000) // 1000


def start_floor(persisted_ms: int | None, mono_ns: int) -> Floor:
    """The floor at start: max(persisted, build)."""
    return Floor(max(persisted_ms or 0, BUILD_MS), mono_ns, persisted=(persisted_ms or 0) >= BUILD_MS)


def bracket_of(server_ms: int, sent_ns: int, received_ns: int) -> Bracket | None:
    """What one signed server time says; None when the two readings are too far apart, or in the wrong order."""
    if received_ns < sent_ns:
        return None
    # The server's millisecond may be about to end; what is subtracted for the lower bound is rounded up.
    low_us, high_us = server_ms * 1000 - -(-received_ns // 1000), (server_ms + 1) * 1000 - sent_ns // 1000
    found = Bracket(low_us, high_us, received_ns)
    return found if found.width_ms <= USEFUL_BRACKET_MS else None


def cut(known: Bracket | None, new: Bracket) -> Bracket:
    """What both allow; where they contradict each other the server's clock was set, and the new one counts."""
    if known is None:
        return new
    old = known.at(new.at_ns)
    low, high = max(old.low_us, new.low_us), min(old.high_us, new.high_us)
    return Bracket(low, high, new.at_ns) if low <= high else new


def tell(reading: Reading, floor: Floor, server: Bracket | None = None) -> tuple[int, ClockQuality]:
    """(wall time [ms], quality) as the table says."""
    known = server.at(reading.mono_ns) if server is not None else None
    if known is not None and known.width_ms <= WORTHLESS_BRACKET_MS:
        wall_ms = known.wall_ms(reading.mono_ns)
        if reading.synchronised and abs(reading.system_ms - wall_ms) <= AGREE_MS + known.width_ms // 2:
            return reading.system_ms, ClockQuality.NTP
        return wall_ms, ClockQuality.SERVER
    if reading.system_ms >= floor.wall_ms:
        return reading.system_ms, ClockQuality.NTP if reading.synchronised else ClockQuality.RTC
    return floor.at(reading.mono_ns), ClockQuality.FLOOR if floor.persisted else ClockQuality.UNKNOWN
