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
DOUBT_EVERY = 3
"""While nothing else helps, every third attempt is made without the certificate."""

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
    rest_until_ms: int = 0
    """Nothing is renewed before: it was a moment ago."""

    def task(self, ours: Certificate, wall_ms: int, mono_ms: int) -> Task:
        """What is due; `wall_ms` is real time, never a played day's.

        A box that was without power for months and has no battery, or that slept with its clock standing still, does
        not know that its certificate has run out, and whoever turns it away does not say why: now and then it asks as
        one whose certificate has.
        """
        if mono_ms < self.try_at_ms:
            return Task.NOTHING
        if mono_ms < self.rest_until_ms:
            return self._ask_if_due(mono_ms)
        in_doubt = self.failures % DOUBT_EVERY == DOUBT_EVERY - 1
        if wall_ms >= ours.until_ms or in_doubt:
            return Task.RENEW_LATE
        if self.called or renewal_due(ours.from_ms, ours.until_ms, wall_ms):
            return Task.RENEW
        return self._ask_if_due(mono_ms)

    def _ask_if_due(self, mono_ms: int) -> Task:
        return Task.ASK_WHOM_TO_TRUST if mono_ms >= self.ask_at_ms else Task.NOTHING

    def done(self, task: Task, mono_ms: int, *, called: bool = False) -> "Renewal":
        """It worked. `called`: what the server said when it was asked.

        What was issued a moment ago is not renewed at once again, whatever a clock that is far ahead says of it.
        """
        if task is Task.ASK_WHOM_TO_TRUST:
            return Renewal(mono_ms + TRUST_EVERY_MS, called=called, rest_until_ms=self.rest_until_ms)
        return Renewal(self.ask_at_ms, rest_until_ms=mono_ms + RETRY_LONGEST_MS)

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
