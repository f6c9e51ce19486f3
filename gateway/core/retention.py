"""What to keep on a disk that fills up (design § 5). Pure: how full it is goes in, what to do comes out.

| used | level | what is done |
|---|---|---|
| below 80 % | ok | what the server holds and is older than `keep_ms` goes; the reserve is taken |
| from 80 % | warn | told |
| from 90 % | prune | told; what the server holds goes, the oldest first |
| from 95 % | full | told; the reserve is given back; then the configured mode |

The mode decides about events that the server does *not* hold yet, when nothing else can go: `keep` lets the disk
fill up until the journal takes no more (each point then does what its own setting says); `drop_oldest` lets the
oldest go, and a signed gap event says which. Levels are left 2 % below where they were entered. A disk with
`PLENTY_BYTES` to spare is never low: 5 % of a server's disk hold years of events.
"""

from enum import StrEnum
from typing import NamedTuple

from gateway.config import WhenFull

PRUNE_CHUNK_EVENTS = 2000
DROP_CHUNK_EVENTS = 1000
AGE_EVERY_NS = 3_600_000_000_000
HYSTERESIS = 0.02
PLENTY_BYTES = 4 << 30


class DiskLevel(StrEnum):
    """How full the disk is."""

    OK = "ok"
    WARN = "warn"
    PRUNE = "prune"
    FULL = "full"


class Limits(NamedTuple):
    """Shares of the file system (0 to 1) at which the levels begin, how long to keep [ms], and the mode."""

    warn: float = 0.80
    prune: float = 0.90
    full: float = 0.95
    keep_ms: int = 30 * 86_400_000
    when_full: WhenFull = WhenFull.DROP_OLDEST


class Look(NamedTuple):
    """What was found. `age_known`: the clock is good enough to judge by age."""

    used: float
    free_bytes: int
    reserve: bool
    floor_seq: int
    acked_seq: int
    head_seq: int
    mono_ns: int
    wall_ms: int
    age_known: bool


class TakeReserve(NamedTuple):
    """Take the reserve's space."""


class ReleaseReserve(NamedTuple):
    """Give it back."""


class PruneOlder(NamedTuple):
    """Remove events that are older than `wall_ms`, but none behind `upto`."""

    wall_ms: int
    upto: int


class PruneTo(NamedTuple):
    """Remove acknowledged events up to here."""

    upto: int


class DropTo(NamedTuple):
    """Remove events up to here that the server does not hold, and say so by a gap event."""

    upto: int
    from_seq: int


class Tell(NamedTuple):
    """The level rose: journal it."""

    level: DiskLevel
    used_percent: int


Effect = TakeReserve | ReleaseReserve | PruneOlder | PruneTo | DropTo | Tell

_ORDER = list(DiskLevel)


class Keeper:
    """Looks now and then; remembers the level."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.level = DiskLevel.OK
        self._aged_ns: int | None = None

    def step(self, look: Look) -> list[Effect]:
        """What to do now. Chunks are small: the next look goes on where this one stops."""
        before, self.level = self.level, self._level(look)
        effects: list[Effect] = []
        if _ORDER.index(self.level) > _ORDER.index(before):
            effects.append(Tell(self.level, round(look.used * 100)))
        if self.level is DiskLevel.FULL and look.reserve:
            effects.append(ReleaseReserve())
        if self.level is DiskLevel.OK and not look.reserve:
            effects.append(TakeReserve())
        if self.level in {DiskLevel.PRUNE, DiskLevel.FULL}:
            effects += self._make_room(look)
        elif look.age_known and (self._aged_ns is None or look.mono_ns - self._aged_ns >= AGE_EVERY_NS):
            self._aged_ns = look.mono_ns
            effects.append(PruneOlder(look.wall_ms - self._limits.keep_ms, look.acked_seq))
        return effects

    def _make_room(self, look: Look) -> list[Effect]:
        spare = min(look.acked_seq, look.head_seq - 1)
        if spare > look.floor_seq:
            return [PruneTo(min(spare, look.floor_seq + PRUNE_CHUNK_EVENTS))]
        # The reserve comes first: given back a moment ago, it may be enough.
        desperate = self.level is DiskLevel.FULL and not look.reserve
        droppable = min(look.head_seq - 1 - look.floor_seq, DROP_CHUNK_EVENTS)
        if desperate and droppable > 0 and self._limits.when_full is WhenFull.DROP_OLDEST:
            return [DropTo(look.floor_seq + droppable, look.floor_seq + 1)]
        return []

    def _level(self, look: Look) -> DiskLevel:
        if look.free_bytes >= PLENTY_BYTES:
            return DiskLevel.OK
        starts = {
            DiskLevel.WARN: self._limits.warn,
            DiskLevel.PRUNE: self._limits.prune,
            DiskLevel.FULL: self._limits.full,
        }
        level = DiskLevel.OK
        for candidate, start in starts.items():
            held = _ORDER.index(candidate) <= _ORDER.index(self.level)
            if look.used >= start - (HYSTERESIS if held else 0.0):
                level = candidate
        return level
