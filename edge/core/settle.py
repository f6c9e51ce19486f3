"""When a wire is believed: bounce, flutter and faults, as values.

A change counts when it has stood for a while: contacts bounce for milliseconds. A wire that keeps changing flutters and
is believed no more until it has been quiet. A device that is silent for a moment is no fault; for longer it is one.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from edge.ports.inputs import Wire

FLUTTER_CHANGES: Final = 20
FLUTTER_MS: Final = 10_000
"""So many changes in this time, and the wire flutters."""

BOUNCE_MS: Final = 50
"""What follows a change within this time is the same movement bouncing, and does not count again."""


class Belief(StrEnum):
    """What is believed of a wire."""

    OFF = "off"
    ON = "on"
    CUT = "cut"
    SHORTED = "shorted"
    SILENT = "silent"
    FLUTTERS = "flutters"

    @property
    def is_fault(self) -> bool:
        """Neither on nor off."""
        return self not in (Belief.ON, Belief.OFF)


@dataclass(frozen=True)
class Patience:
    """How long something must stand to be believed [ms]."""

    on_ms: int = 50
    off_ms: int = 50
    fault_ms: int = 3000


CONTACT: Final = Patience()
BUTTON: Final = Patience(on_ms=0, off_ms=200)
"""Who wants to leave is not kept waiting; a finger that trembles is one press."""


@dataclass(frozen=True)
class Settling:
    """One wire: what it says now and since when, its changes of late, and what is believed."""

    patience: Patience
    wire: Wire | None = None
    since_ms: int = 0
    changes_ms: tuple[int, ...] = ()
    believed: Belief | None = None


def hear(settling: Settling, wire: Wire, now_ms: int) -> Settling:
    """The wire says something now."""
    if wire is settling.wire:
        return settling
    changes = settling.changes_ms
    if settling.wire is not None and (not changes or now_ms - changes[-1] >= BOUNCE_MS):
        changes = (*changes, now_ms)
    return replace(settling, wire=wire, since_ms=now_ms, changes_ms=changes[-FLUTTER_CHANGES:])


def look(settling: Settling, now_ms: int) -> tuple[Settling, Belief | None, int | None]:
    """(the wire after it, a new belief if there is one, how long [ms] until looking again makes sense)."""
    if settling.wire is None:
        return settling, None, None
    recent = tuple(at for at in settling.changes_ms if now_ms - at < FLUTTER_MS)
    wire, settling = settling.wire, replace(settling, changes_ms=recent)
    if len(recent) >= FLUTTER_CHANGES:
        after, news = _believe(settling, Belief.FLUTTERS)
        return after, news, FLUTTER_MS - (now_ms - recent[0])
    candidate = Belief(wire.value)
    left_ms = settling.since_ms + _needed_ms(settling.patience, candidate) - now_ms
    if candidate is settling.believed:
        return settling, None, None
    if left_ms > 0:
        return settling, None, left_ms
    after, news = _believe(settling, candidate)
    return after, news, None


def _needed_ms(patience: Patience, candidate: Belief) -> int:
    if candidate.is_fault:
        return patience.fault_ms
    return patience.on_ms if candidate is Belief.ON else patience.off_ms


def _believe(settling: Settling, belief: Belief) -> tuple[Settling, Belief | None]:
    return replace(settling, believed=belief), None if settling.believed is belief else belief
