"""Whether enough have come, in whole numbers. Pure.

The base is those who are invited with a vote, less those who are exempt (ill, abroad for long, detained: 中国共产党基层
组织选举工作条例 art. 18 names whom a Party branch may leave out). Who is excused stays in the base.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Rule(StrEnum):
    """How many of the base must be there."""

    NONE = "none"
    MORE_THAN_HALF = "more_than_half"
    TWO_THIRDS = "two_thirds"
    """At least two of three (民法典 art. 278, for owners)."""
    FOUR_FIFTHS = "four_fifths"
    """At least four of five: elections of a Party branch (art. 18 of the same rules)."""


class Mark(StrEnum):
    """How somebody stands to an activity."""

    INVITED = "invited"
    PRESENT = "present"
    GUEST = "guest"
    """Came without an invitation: noted, and counts for nothing."""
    EXCUSED = "excused"
    EXEMPT = "exempt"
    """Does not count towards those who should come."""
    STRUCK = "struck"
    """Signed in with a card that somebody else held: counts as absent."""


class Voice(NamedTuple):
    """One person on the list."""

    mark: Mark
    votes: bool


@dataclass(frozen=True)
class Count:
    """How it stands. `base` should be there, `needed` must, `there` are."""

    base: int
    needed: int
    there: int

    @property
    def reached(self) -> bool:
        """Whether the meeting can decide."""
        return self.there >= self.needed


def needed(rule: Rule, base: int) -> int:
    """How many must be there. Nobody is no meeting: where there is a rule it is at least one."""
    match rule:
        case Rule.NONE:
            return 0
        case Rule.MORE_THAN_HALF:
            return base // 2 + 1
        case Rule.TWO_THIRDS:
            return max(1, -(-2 * base // 3))
        case Rule.FOUR_FIFTHS:
            return max(1, -(-4 * base // 5))


def count(rule: Rule, voices: Iterable[Voice]) -> Count:
    """How a list stands."""
    voting = [voice.mark for voice in voices if voice.votes and voice.mark not in (Mark.EXEMPT, Mark.GUEST)]
    return Count(len(voting), needed(rule, len(voting)), voting.count(Mark.PRESENT))
