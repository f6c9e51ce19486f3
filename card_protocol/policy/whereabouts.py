"""Who is where, from passages alone: the one arithmetic of occupancy, anti-passback and muster, in a gateway and at the
server.

- Who went into an area and was not seen going out is in it.
- Who leaves a place leaves what they entered after it: a house inside a compound needs no reader on its way out.
- Who taps at a muster point is outside of everything, however they came there: a fire opens doors that count nobody.
- When an entry is too old to be believed is for whoever asks: a missed tap must not keep somebody inside for ever.
"""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Final, Generic, NamedTuple, TypeVar

from card_protocol.words.point import Direction

PEOPLE_MAX: Final = 65_536
"""Holders of one area whose last passage is kept; beyond it the oldest is forgotten."""

At = TypeVar("At")


class Safe(NamedTuple, Generic[At]):
    """Somebody at a muster point: since when, and the areas that they were in."""

    at: At
    left: frozenset[str]


class _Passage(NamedTuple, Generic[At]):
    direction: Direction
    at: At
    number: int
    """In the order in which passages were told."""


class Whereabouts(Generic[At]):
    """Told of passages in the order in which they happened; `At` is whatever the teller measures time by.

    Mutable, with neither clock nor lock inside.
    """

    def __init__(self, people_max: int = PEOPLE_MAX) -> None:
        self._people_max = people_max
        self._areas: dict[str, OrderedDict[str, _Passage[At]]] = {}
        self._safe: OrderedDict[str, Safe[At]] = OrderedDict()
        self._told = 0

    def passed(self, area: str, holder: str, direction: Direction, at: At) -> None:
        """Somebody passed a point of an area; a point without a direction moves nobody."""
        if direction is Direction.NONE:
            return
        self._told += 1
        people = self._areas.setdefault(area, OrderedDict())
        before = people.pop(holder, None)
        people[holder] = _Passage(direction, at, self._told)
        while len(people) > self._people_max:
            people.popitem(last=False)
        if direction is Direction.IN:
            self._safe.pop(holder, None)
        elif before is not None and before.direction is Direction.IN:
            self._leave_what_lies_in(holder, before.number)

    def mustered(self, holder: str, at: At) -> None:
        """Somebody has reached a muster point."""
        known = self._safe.pop(holder, None)
        left = known.left if known is not None else frozenset()
        for area, people in self._areas.items():
            passage = people.get(holder)
            if passage is not None and passage.direction is Direction.IN:
                del people[holder]
                left |= {area}
        self._safe[holder] = Safe(at, left)
        while len(self._safe) > self._people_max:
            self._safe.popitem(last=False)

    def forgive(self, area: str, holder: str | None = None) -> None:
        """Forget the last passage of somebody, or of everybody in an area."""
        if holder is None:
            self._areas.pop(area, None)
        else:
            self._areas.get(area, OrderedDict()).pop(holder, None)

    def last(self, area: str, holder: str) -> tuple[Direction, At] | None:
        """How somebody last passed a point of an area."""
        passage = self._areas.get(area, OrderedDict()).get(holder)
        return None if passage is None else (passage.direction, passage.at)

    def inside(self, area: str) -> Iterator[tuple[str, At]]:
        """(holder, when they went in), in the order in which they did."""
        for holder, passage in self._areas.get(area, OrderedDict()).items():
            if passage.direction is Direction.IN:
                yield holder, passage.at

    def safe(self) -> Iterator[tuple[str, Safe[At]]]:
        """Who has reached a muster point and gone nowhere since."""
        yield from self._safe.items()

    def seen(self, holder: str) -> Iterator[At]:
        """When somebody was seen last at each place: their passages, and at a muster point."""
        for people in self._areas.values():
            if (passage := people.get(holder)) is not None:
                yield passage.at
        if (safe := self._safe.get(holder)) is not None:
            yield safe.at

    def mustered_at(self, holder: str) -> At | None:
        """When somebody reached a muster point, if they have gone nowhere since."""
        safe = self._safe.get(holder)
        return None if safe is None else safe.at

    def _leave_what_lies_in(self, holder: str, since: int) -> None:
        for people in self._areas.values():
            passage = people.get(holder)
            if passage is not None and passage.direction is Direction.IN and passage.number > since:
                del people[holder]
