"""When a box asks for a new certificate, and whom to trust (design § 6). Pure.

Renewal begins at a third of the certificate's life; there are sixty days left then for whatever goes wrong. Now and
then the box asks whom to trust, so that a new authority is known before anybody shows a certificate of it.
"""

from dataclasses import dataclass, replace
from enum import Enum
from random import Random

from card_protocol.crypto.certificates import Certificate
from card_protocol.wire.identity import ALARM_LEFT_MS, renewal_due

TRUST_EVERY_MS = 3_600_000
RETRY_FIRST_MS, RETRY_LONGEST_MS = 30_000, 1_800_000


class Task(Enum):
    """What to do now."""

    NOTHING = "nothing"
    ASK_WHOM_TO_TRUST = "ask"
    RENEW = "renew"
    RENEW_LATE = "renew_late"
    """Ours has run out: it cannot be shown any more, the signatures must do."""


@dataclass(frozen=True)
class Renewal:
    """`*_ms` are monotonic but for those of the certificate."""

    ask_at_ms: int
    try_at_ms: int = 0
    failures: int = 0
    called: bool = False
    """The server wants us to renew before our time."""

    def task(self, ours: Certificate, wall_ms: int, mono_ms: int) -> Task:
        """What is due; `wall_ms` is real time, never a played day's."""
        if mono_ms < self.try_at_ms:
            return Task.NOTHING
        if wall_ms >= ours.until_ms:
            return Task.RENEW_LATE
        if self.called or renewal_due(ours.from_ms, ours.until_ms, wall_ms):
            return Task.RENEW
        return Task.ASK_WHOM_TO_TRUST if mono_ms >= self.ask_at_ms else Task.NOTHING

    def done(self, task: Task, mono_ms: int, *, called: bool = False) -> "Renewal":
        """It worked. `called`: what the server said when it was asked."""
        if task is Task.ASK_WHOM_TO_TRUST:
            return Renewal(mono_ms + TRUST_EVERY_MS, called=called)
        return Renewal(self.ask_at_ms)

    def failed(self, mono_ms: int, dice: float) -> "Renewal":
        """It did not: later again, and later still. `dice` is from 0 to 1."""
        longest = min(RETRY_FIRST_MS << min(self.failures, 10), RETRY_LONGEST_MS)
        return replace(self, failures=self.failures + 1, try_at_ms=mono_ms + round(longest * (0.5 + dice / 2)))


def begin(mono_ms: int, dice: Random) -> Renewal:
    """A box that starts asks within the first minute: a thousand that start together do not ask together."""
    return Renewal(mono_ms + round(60_000 * dice.random()))


def is_old(until_ms: int, wall_ms: int) -> bool:
    """Whether so little is left that somebody should look."""
    return until_ms - wall_ms < ALARM_LEFT_MS
