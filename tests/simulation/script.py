"""What happens to a town, as a list of steps drawn from a seed.

Each step carries its own dice, so that a history from which steps were taken away plays the others as before: that is
what makes shrinking work.

Two things make rare troubles meet: each history has its own taste (some kinds of steps come three times as often, some
hardly ever: swarm testing, Groce et al. 2012), and many have one of the `PLOTS` between their steps: an order of
events that chance alone brings about once in thousands.
"""

import random
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

STEPS_MIN, STEPS_MAX = 12, 36
TASTES = (0.2, 1.0, 1.0, 3.0)
PLOT_SHARE = 0.4
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
    FILE_ROTS = "file_rots"
    """The power goes, and comes back on sectors of a journal file that read otherwise than they were written."""
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
    What.FILE_ROTS: 2,
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

PLOTS: tuple[tuple[What, ...], ...] = (
    # A backup from before what the box has pruned by now.
    (What.SERVER_BACKUP, What.TAPS, What.RUN, What.PASS_HOURS, What.PASS_HOURS, What.RUN, What.SERVER_RESTORED),
    # The same on a disk that has no room for what is acknowledged.
    (What.SERVER_BACKUP, What.DISK_SMALL, *(What.TAPS, What.RUN) * 3, What.SERVER_RESTORED),
    # A backup from before a file that was set aside since.
    (What.SERVER_BACKUP, What.TAPS, What.RUN, What.FILE_ROTS, What.TAPS, What.RUN, What.SERVER_RESTORED),
    (What.TAPS, What.RUN, What.SERVER_BACKUP, What.CLONE, What.TAPS, What.RUN, What.SERVER_RESTORED),
    (What.SERVER_BACKUP, What.TAPS, What.RUN, What.DISK_LIES, What.TAPS, What.RUN, What.SERVER_RESTORED),
    # Nobody listens, and the disk fills up.
    (What.SERVER_DOWN, What.LINK_CUT, What.DISK_SMALL, *(What.TAPS, What.PASS_HOURS) * 3, What.POWER_CUT),
    # The daemon journals, is acknowledged and pruned while nobody taps: the edge's end of the chain is long past.
    (What.TAPS, What.DISK_SMALL, What.RUN, What.PUBLISH, What.REVOKE, What.RUN, What.REVOKE, What.RUN, What.TAPS),
    # Killed between a tap and the next thing.
    (What.TAPS, What.DAEMON_KILLED, What.TAPS, What.POWER_CUT),
    # Lost by the backup, known to the box.
    (What.SERVER_BACKUP, What.REVOKE, What.RUN, What.SERVER_RESTORED, What.RUN, What.PUBLISH),
)
"""Steps in this order, with others between them."""


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
    weights = [weight * dice.choice(TASTES) for weight in WEIGHTS.values()]
    chosen = dice.choices(list(WEIGHTS), weights, k=dice.randint(STEPS_MIN, STEPS_MAX))
    if dice.random() < PLOT_SHARE:
        chosen = _spliced(chosen, dice.choice(PLOTS), dice)
    return [Step(what, dice.randrange(SIZE_MAX), dice.randrange(1 << 16)) for what in chosen]


def _spliced(steps: list[What], plot: Sequence[What], dice: random.Random) -> list[What]:
    """The plot's steps in their order, between the others; close together, or the others would undo them."""
    start = dice.randrange(len(steps) + 1)
    spliced, rest = steps[:start], steps[start:]
    for what in plot:
        spliced.append(what)
        if rest and dice.random() < 0.4:
            spliced.append(rest.pop(0))
    return spliced + rest
