"""What a street adds to meals: so much a meal, at most so much a day. Pure.

The station takes the whole price off the card, also offline; what is added is reckoned here from the meals that were
really taken, and comes onto the card with the next top-up at the desk. So the day's limit holds to the fen, whichever
stations somebody ate at and whenever their reports come in.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from card_protocol.words.moment import local_day_and_minute


class Terms(NamedTuple):
    """What somebody gets from `first` to `last` (inclusive; None: until further notice). Fen."""

    per_meal: int
    day_limit: int
    first: date
    last: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a local day."""
        return self.first <= day and (self.last is None or day <= self.last)


class Meal(NamedTuple):
    """A meal that was taken: when [ms], and what it cost [fen, positive]."""

    at_ms: int
    price: int


def in_force(terms: Iterable[Terms], day: date) -> Terms | None:
    """Which terms hold on a local day: of several, those that began last; of these, those that stand last."""
    found = [one for one in sorted(terms, key=lambda one: one.first) if one.holds_on(day)]
    return found[-1] if found else None


def accrued(meals: Iterable[Meal], terms: Iterable[Terms]) -> dict[date, int]:
    """Local day -> what is added for it. Where several terms hold, the one that began last does."""
    prices = defaultdict(list)
    for meal in meals:
        prices[local_day_and_minute(meal.at_ms)[0]].append(meal.price)
    known = list(terms)
    added = {}
    for day, paid in prices.items():
        if (one := in_force(known, day)) is not None:
            added[day] = min(one.day_limit, sum(min(one.per_meal, price) for price in paid))
    return added


def due(meals: Iterable[Meal], terms: Iterable[Terms], paid: int) -> int:
    """What is still to come onto the card, `paid` having been paid; never below 0."""
    return max(0, sum(accrued(meals, terms).values()) - paid)
