"""The transaction counter of a card, as the server sees it: gaps and steps back (issue: events on card).

Every committed transaction of an application adds one to its counter. Whoever commits reports the counter that came
out. A number that nobody reported is a transaction that the server does not know of; a counter below one that was
already seen is a card that was set back, or two cards that pass for one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from card_protocol.profiles.refusal import CardRefusal, Cause


@dataclass(frozen=True, slots=True)
class Gap:
    """Transactions first..last (both inclusive) happened and were not reported."""

    first: int
    last: int

    @property
    def count(self) -> int:
        """How many."""
        return self.last - self.first + 1


def find_gaps(reported: Iterable[int], *, since: int, now: int) -> tuple[Gap, ...]:
    """What is missing between the counter `since` (known to be complete) and `now`, in order."""
    gaps = []
    expected = since + 1
    for counter in sorted({n for n in reported if since < n <= now}):
        if counter > expected:
            gaps.append(Gap(expected, counter - 1))
        expected = counter + 1
    if expected <= now:
        gaps.append(Gap(expected, now))
    return tuple(gaps)


def check_counter(counter: int, *, highest_seen: int) -> CardRefusal | None:
    """COUNTER_BACK when a card shows a counter below one that it has shown before."""
    if counter >= highest_seen:
        return None
    return CardRefusal(Cause.COUNTER_BACK, f"the card counts {counter} transactions; {highest_seen} had been seen")
