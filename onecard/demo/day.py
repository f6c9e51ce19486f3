"""What forty people do with their cards on one day, from a seed. Pure: the same seed gives the same day."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from onecard.demo.community import (
    ACTIVITY,
    BRANCH,
    CARE,
    CLINIC,
    EXCUSED,
    OLD_LADY,
    SOUTH_IN,
    SOUTH_OUT,
    UNIT_DOOR,
    Resident,
)

DAY_STARTS_MIN = 390
"""06:30: the first taps; the hours before belong to the guard."""

DAY_ENDS_MIN = 1320
"""22:00."""


class Manner(StrEnum):
    """How a card is held to the reader."""

    CALM = "calm"
    HASTY = "hasty"
    """Pulled away before the reader was done."""
    OTHER_CARD = "other_card"
    """Somebody holds a card of another system to the reader."""


@dataclass(frozen=True)
class PlannedTap:
    """At `minute` of the local day, the resident of that index holds a card to a point."""

    minute: float
    resident: int
    point: str
    manner: Manner = Manner.CALM


def plan_day(people: Sequence[Resident], seed: int) -> list[PlannedTap]:
    """The taps of one day in order."""
    dice = Random(seed)  # noqa: S311 - a story, not a secret
    taps: list[PlannedTap] = []
    for index, person in enumerate(people):
        taps += _errands(dice, index, person)
    taps += _mishaps(dice, len(people))
    taps += _meeting(dice)
    return sorted((tap for tap in taps if tap.resident != OLD_LADY), key=lambda tap: tap.minute)


def _errands(dice: Random, index: int, person: Resident) -> list[PlannedTap]:
    """Out in the morning, an errand or two, home in the evening."""
    leaves, returns = dice.uniform(395, 520), dice.uniform(980, 1290)
    taps = [
        PlannedTap(leaves, index, SOUTH_OUT.id),
        PlannedTap(returns, index, SOUTH_IN.id),
        PlannedTap(returns + dice.uniform(3, 8), index, UNIT_DOOR.id),
    ]
    if person.elderly:
        taps.append(PlannedTap(dice.uniform(650, 760), index, CARE.id))
    if dice.random() < 0.35:
        # Some come before the clinic opens, or in its lunch break, or without the right: as people do.
        taps.append(PlannedTap(dice.uniform(440, 1010), index, CLINIC.id))
    if dice.random() < 0.4:
        taps.append(PlannedTap(dice.uniform(545, 1200), index, ACTIVITY.id))
    return taps


def _meeting(dice: Random) -> list[PlannedTap]:
    """The branch signs in, all but the one who is excused."""
    return [PlannedTap(dice.uniform(545, 575), index, ACTIVITY.id) for index in BRANCH if index != EXCUSED]


def _mishaps(dice: Random, people: int) -> list[PlannedTap]:
    """A few cards pulled away too early, and a few bank cards."""
    span = (DAY_STARTS_MIN + 10, DAY_ENDS_MIN - 10)
    gates = (SOUTH_IN.id, SOUTH_OUT.id, UNIT_DOOR.id)
    manners = [Manner.HASTY] * 4 + [Manner.OTHER_CARD] * 3
    return [PlannedTap(dice.uniform(*span), dice.randrange(people), dice.choice(gates), m) for m in manners]
