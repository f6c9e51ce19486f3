"""Whether a point still goes round: what an overseer makes of its beats. Pure.

A thread that sits in a reader's library cannot be ended. It is given up: another takes its place with the reader
opened anew. When that has helped nothing for MAX_TRIES times, the program must begin anew as a whole.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

WEDGED_MS: Final = 30_000
"""Longer than any wait of a point: for a reader to be opened, for a renewal, for the back-off of a lost reader."""

MAX_TRIES: Final = 3
_MS_NS: Final = 1_000_000


class Finding(StrEnum):
    """What is to be done about a point."""

    WELL = "well"
    REPLACE = "replace"
    """Its thread has ended, or sits somewhere: put another in its place."""
    GIVE_UP = "give_up"
    """That was done often enough: end the program, so that whoever started it starts it again."""


@dataclass(frozen=True)
class Watch:
    """One point under watch. `tries`: how often it was replaced without having gone round since."""

    tries: int = 0

    def look(self, beat_ns: int, now_ns: int, began_ns: int, *, running: bool) -> tuple["Watch", Finding]:
        """`beat_ns`: when it went round last; `began_ns`: when its present thread was started."""
        if running and now_ns - beat_ns < WEDGED_MS * _MS_NS:
            went_round = beat_ns - began_ns >= WEDGED_MS * _MS_NS
            return (Watch() if went_round else self), Finding.WELL
        if self.tries >= MAX_TRIES:
            return self, Finding.GIVE_UP
        return replace(self, tries=self.tries + 1), Finding.REPLACE
