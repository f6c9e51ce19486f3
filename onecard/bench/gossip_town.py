"""A community for the gossip bench: its doors, its residents, and where they tap on a day. Pure: a seed, a day.

The habits are assumptions, made to look like a residential community of a Chinese city; none was counted anywhere.
A trip is a tap at a gate on the way out, one on the way in, and a few minutes later one at the door of one's own unit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final, NamedTuple

from card_protocol.words.moment import DAY_MS

MINUTE_MS: Final = 60_000
WEEK_DAYS: Final = 7
WEEKEND: Final = (5, 6)
DOORS_MIN: Final = 5
GATES_OF_DOORS: Final = 6
"""One gate among so many doors, rounded down, and at least one."""

HASTY: Final = 0.10
"""Share of taps in which the card is gone before anything beyond the tap was read or written."""
AWAY: Final = 0.05
"""Share of residents who are not in town on a day."""
OWN_GATE: Final = 0.85
"""Share of trips through the gate that is nearest to one's unit."""


class Kind(StrEnum):
    """How somebody lives."""

    WORKER = "worker"
    PUPIL = "pupil"
    ELDERLY = "elderly"
    AT_HOME = "at_home"


SHARES: Final = {Kind.WORKER: 0.52, Kind.PUPIL: 0.14, Kind.ELDERLY: 0.22, Kind.AT_HOME: 0.12}


class Tap(NamedTuple):
    """Resident `who` holds their card to door number `door`."""

    at_ms: int
    who: int
    door: int
    hasty: bool


@dataclass(frozen=True)
class Resident:
    """One person with one card."""

    kind: Kind
    unit: int
    gate: int


@dataclass(frozen=True)
class Town:
    """Doors are numbered: gates first, then clinic, care station and activity room, then unit doors."""

    gates: range
    services: range
    units: range
    residents: tuple[Resident, ...]

    @property
    def doors(self) -> int:
        """How many doors there are."""
        return self.units.stop


def make_town(doors: int, residents: int, seed: int) -> Town:
    """At least DOORS_MIN doors: a gate, the three services, a unit."""
    if doors < DOORS_MIN or residents < 1:
        raise ValueError(f"a community has at least {DOORS_MIN} doors and one resident")
    dice = Random(f"town {seed}")  # noqa: S311 - a model, not a secret
    gates = range(max(1, doors // GATES_OF_DOORS))
    services = range(gates.stop, gates.stop + 3)
    units = range(services.stop, doors)
    kinds = dice.choices(list(SHARES), list(SHARES.values()), k=residents)
    people = []
    for kind in kinds:
        unit = dice.choice(units)
        people.append(Resident(kind, unit, gates[unit % len(gates)]))
    return Town(gates, services, units, tuple(people))


def taps_of_day(town: Town, day: int, seed: int) -> list[Tap]:
    """All taps of a day in order; `day` counts from a Monday, times from its midnight."""
    dice = Random(f"day {seed} {day}")  # noqa: S311 - a model, not a secret
    start_ms, is_weekend = day * DAY_MS, day % WEEK_DAYS in WEEKEND
    taps = []
    for who, resident in enumerate(town.residents):
        if dice.random() < AWAY:
            continue
        for leaves, returns in _trips(dice, resident.kind, is_weekend=is_weekend):
            taps += _trip(dice, town, resident, leaves, returns, who)
        taps += _service(dice, town, resident.kind, who)
    return sorted(Tap(start_ms + int(minute * MINUTE_MS), who, door, hasty) for minute, who, door, hasty in taps)


_Planned = tuple[float, int, int, bool]


def _trips(dice: Random, kind: Kind, *, is_weekend: bool) -> Iterator[tuple[float, float]]:
    """(leaves, returns) in minutes of the day."""
    if kind is Kind.ELDERLY:
        if dice.random() < 0.7:
            yield _outing(dice, 400, 600, 60)
        if dice.random() < 0.3:
            yield _outing(dice, 840, 980, 50)
    elif is_weekend or kind is Kind.AT_HOME:
        if dice.random() < 0.75:
            yield _outing(dice, 540, 720, 110)
        if dice.random() < 0.45:
            yield _outing(dice, 880, 1110, 90)
    else:
        leaves, returns = (470, 1115) if kind is Kind.WORKER else (440, 1000)
        yield dice.gauss(leaves, 30), dice.gauss(returns, 55)
        if kind is Kind.WORKER and dice.random() < 0.25:
            yield _outing(dice, 1215, 1270, 40)


def _outing(dice: Random, earliest: int, latest: int, lasts: int) -> tuple[float, float]:
    leaves = dice.uniform(earliest, latest)
    return leaves, leaves + max(10.0, dice.gauss(lasts, lasts / 3))


def _trip(dice: Random, town: Town, resident: Resident, leaves: float, returns: float, who: int) -> list[_Planned]:
    gate = resident.gate if dice.random() < OWN_GATE else dice.choice(town.gates)
    home = returns + dice.uniform(2, 7)
    stops = ((leaves, gate), (returns, gate), (home, resident.unit))
    return [(minute, who, door, dice.random() < HASTY) for minute, door in stops]


def _service(dice: Random, town: Town, kind: Kind, who: int) -> Sequence[_Planned]:
    """Clinic, care station or activity room: in the day, and mostly the elderly."""
    if dice.random() >= (0.25 if kind is Kind.ELDERLY else 0.03):
        return ()
    return ((dice.uniform(510, 1020), who, dice.choice(town.services), dice.random() < HASTY),)
