"""What a service point says besides yes or no: a closed list, so that nothing is said which no screen can tell."""

from enum import StrEnum
from typing import NamedTuple


class Service(StrEnum):
    """What came of what the point did for the card after the verdict."""

    CHECKED_IN = "checked_in"
    ATTENDED = "attended"
    VISIT_NOTED = "visit_noted"
    """A worker's visit at somebody's home."""
    PAID = "paid"
    PAID_ALREADY = "paid_already"
    """This meal was paid a moment ago: nothing is taken twice."""
    UPDATED = "updated"
    UP_TO_DATE = "up_to_date"
    SAFE = "safe"
    """Ticked off at a muster point."""
    # what did not work
    PURSE_EMPTY = "purse_empty"
    DAY_LIMIT = "day_limit"
    TAP_AGAIN = "tap_again"
    """The card left too early; what is on it is whole, and the next tap goes on from there."""
    UNAVAILABLE = "unavailable"
    """Not here and not now: keys, journal or server are missing."""
    MEMBERS_ONLY = "members_only"
    """The card is no member's, and this point is for members."""
    CARD_UNFIT = "card_unfit"
    """The card lacks the application, or refuses."""

    @property
    def is_good(self) -> bool:
        """Whether the person has what they came for."""
        return self in _GOOD


_GOOD = frozenset(
    {
        Service.CHECKED_IN,
        Service.ATTENDED,
        Service.VISIT_NOTED,
        Service.PAID,
        Service.PAID_ALREADY,
        Service.UPDATED,
        Service.UP_TO_DATE,
        Service.SAFE,
    }
)


class Answer(NamedTuple):
    """What the person is told. Amounts in fen: `paid` by this tap, `left` in the purse; None where nobody looked.

    `missing` is how many are still inside, at a muster point, as far as this box has seen.
    """

    service: Service
    paid: int | None = None
    left: int | None = None
    missing: int | None = None
