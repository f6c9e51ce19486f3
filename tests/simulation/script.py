"""What happens to a town, as a list of steps drawn from a seed.

Each step carries its own dice, so that a history from which steps were taken away plays the others as before: that is
what makes shrinking work.
"""

import random
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

STEPS_MIN, STEPS_MAX = 12, 36
SIZE_MAX = 1000


class What(StrEnum):
    """What a step does; `size` is how much of it."""

    TAPS = "taps"
    RUN = "run"
    PASS_HOURS = "pass_hours"
    # the network
    WEATHER = "weather"
    LINK_CUT = "link_cut"
    BROKER_FORGETS = "broker_forgets"
    FORGE_UP = "forge_up"
    FORGE_DOWN = "forge_down"
    REPLAY_UP = "replay_up"
    REPLAY_DOWN = "replay_down"
    # the box
    DAEMON_KILLED = "daemon_killed"
    POWER_CUT = "power_cut"
    CUT_DURING = "cut_during"
    """The power goes at one of the next things that the box does, half-way through it where it is a write."""
    DISK_LIES = "disk_lies"
    """The power goes, and what the disk had called durable is gone: it shows an older moment."""
    DISK_SMALL = "disk_small"
    DISK_PLENTY = "disk_plenty"
    BOOK_GONE = "book_gone"
    POISON = "poison"
    CLONE = "clone"
    """A copy of the box with its keys journals and speaks for a while."""
    CLOCK_STEP = "clock_step"
    CLOCK_DEAD = "clock_dead"
    """The power goes and the battery of the clock is flat: 1970."""
    CLOCK_RIGHT = "clock_right"
    # the server
    SERVER_CRASH = "server_crash"
    SERVER_DOWN = "server_down"
    SERVER_BACKUP = "server_backup"
    SERVER_RESTORED = "server_restored"
    PUBLISH = "publish"
    REVOKE = "revoke"


WEIGHTS: dict[What, int] = {
    What.TAPS: 22,
    What.RUN: 24,
    What.PASS_HOURS: 2,
    What.WEATHER: 7,
    What.LINK_CUT: 4,
    What.BROKER_FORGETS: 4,
    What.FORGE_UP: 3,
    What.FORGE_DOWN: 3,
    What.REPLAY_UP: 3,
    What.REPLAY_DOWN: 4,
    What.DAEMON_KILLED: 4,
    What.POWER_CUT: 4,
    What.CUT_DURING: 9,
    What.DISK_LIES: 2,
    What.DISK_SMALL: 3,
    What.DISK_PLENTY: 2,
    What.BOOK_GONE: 1,
    What.POISON: 2,
    What.CLONE: 1,
    What.CLOCK_STEP: 3,
    What.CLOCK_DEAD: 2,
    What.CLOCK_RIGHT: 2,
    What.SERVER_CRASH: 5,
    What.SERVER_DOWN: 3,
    What.SERVER_BACKUP: 3,
    What.SERVER_RESTORED: 3,
    What.PUBLISH: 4,
    What.REVOKE: 5,
}


class Step(NamedTuple):
    """One thing that happens."""

    what: What
    size: int
    dice: int

    def __str__(self) -> str:
        return f"{self.what.value}({self.size}, dice={self.dice})"


History = Sequence[Step]


def draw(seed: int) -> list[Step]:
    """The history of a seed."""
    dice = random.Random(seed)
    names, weights = list(WEIGHTS), list(WEIGHTS.values())
    chosen = dice.choices(names, weights, k=dice.randint(STEPS_MIN, STEPS_MAX))
    return [Step(what, dice.randrange(SIZE_MAX), dice.randrange(1 << 16)) for what in chosen]
