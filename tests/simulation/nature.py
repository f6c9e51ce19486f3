"""Time as it really passes, and what the box's own clocks make of it."""

from dataclasses import dataclass, field

from card_protocol.words.moment import ClockQuality, Moment
from gateway.core.timekeeping import BUILD_MS
from gateway.drivers.system_clock import Kernel
from tests.gateway.world import NOON_MS

RIGHT_WITHIN_MS = 12_000
"""How wrong a wall time may be that calls itself disciplined or told by the server: half a useful bracket and drift."""


@dataclass
class TrueTime:
    """What an astronomer would say."""

    wall_ms: int = NOON_MS
    mono_ns: int = 1_000_000_000

    def pass_ms(self, span_ms: int) -> None:
        self.wall_ms += span_ms
        self.mono_ns += span_ms * 1_000_000


@dataclass
class BoxKernel(Kernel):
    """The machine's clocks: the wall clock may be wrong by `error_ms`, and whoever disciplines it may be away."""

    true: TrueTime
    error_ms: int = 0
    disciplined: bool = True
    boots: int = 1
    name: str = "box"

    def wall_ns(self) -> int:
        return max(0, self.true.wall_ms + self.error_ms) * 1_000_000

    def mono_ns(self) -> int:
        return self.true.mono_ns

    def boot(self) -> str:
        return f"{self.name}-boot-{self.boots}"

    def synchronised(self) -> bool:
        return self.disciplined and self.error_ms == 0

    def step(self, by_ms: int) -> None:
        """Somebody set the clock, or it was set wrongly."""
        self.error_ms += by_ms
        self.disciplined = False

    def battery_dies(self) -> None:
        """At the next start it is 1970."""
        self.error_ms, self.disciplined = -self.true.wall_ms, False

    def right(self) -> None:
        """NTP is back."""
        self.error_ms, self.disciplined = 0, True


@dataclass
class Watch:
    """Looks at every moment that a box says: what calls itself right, is."""

    true: TrueTime
    wrong: list[str] = field(default_factory=list)

    def seen(self, moment: Moment) -> None:
        error_ms = abs(moment.wall_ms - self.true.wall_ms)
        if moment.clock in {ClockQuality.NTP, ClockQuality.SERVER} and error_ms > RIGHT_WITHIN_MS:
            self.wrong.append(f"{moment.clock.value} time was wrong by {error_ms} ms")
        if moment.wall_ms < BUILD_MS:
            self.wrong.append(f"it was {moment.wall_ms}, before the program was built ({moment.clock.value})")
