"""What the decider asks of a policy, and the book in memory that answers (tests, what-if, the server)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from card_protocol.policy.rules import AccessLevel, Area, CardEntry, PolicyHead
from card_protocol.words.point import Point
from card_protocol.words.revocation import Revocation
from card_protocol.words.schedule import Calendar, Schedule


class Opening(NamedTuple):
    """An access level where it opens something, and when."""

    level: AccessLevel
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Place:
    """All that a policy says of one point; the same for whoever comes."""

    point: Point
    area: Area | None
    """The area behind the point, if the policy says anything about it."""
    named: Mapping[str, Opening]
    """The levels that open this point, at a lift some floor of it: by name, as a card's entry calls them."""
    numbered: Mapping[int, Opening]
    """The same by number, as a grant calls them."""


class Book(Protocol):
    """A policy that can be looked things up in. Absent things are None, never an exception."""

    @property
    def head(self) -> PolicyHead | None:
        """The policy in force; None before the first one arrived."""

    @property
    def calendar(self) -> Calendar:
        """Holidays and make-up workdays."""

    def point(self, point_id: str) -> Point | None:
        """A point of the policy."""

    def place(self, point_id: str) -> Place | None:
        """The same with what belongs to it."""

    def level(self, level_id: str) -> AccessLevel | None:
        """An access level by name."""

    def schedule(self, schedule_id: str) -> Schedule | None:
        """A schedule by name."""

    def area(self, area_id: str) -> Area | None:
        """An area by name."""

    def card(self, card_id: str) -> CardEntry | None:
        """A card by its id."""

    def card_of_uid(self, uid: str) -> CardEntry | None:
        """A card by the number that anyone can copy: for points with a waiver only."""

    def revocation(self, card_id: str) -> Revocation | None:
        """The newest revocation of a card that the snapshot does not yet contain."""


class RuleIndex:
    """The small part of a policy (points, levels, schedules) by key. Shared by every kind of book."""

    def __init__(self, head: PolicyHead | None) -> None:
        self.head = head
        self.calendar = head.calendar if head else Calendar()
        self._points = {p.id: p for p in head.points} if head else {}
        self._levels = {a.id: a for a in head.levels} if head else {}
        self._schedules = {s.id: s for s in head.schedules} if head else {}
        self._areas = {a.id: a for a in head.areas} if head else {}
        self._places: dict[str, Place] = {}
        """Those that somebody asked for."""

    def point(self, point_id: str) -> Point | None:
        return self._points.get(point_id)

    def place(self, point_id: str) -> Place | None:
        known = self._places.get(point_id)
        if known is None and (point := self._points.get(point_id)) is not None:
            known = self._places[point_id] = self._place(point)
        return known

    def level(self, level_id: str) -> AccessLevel | None:
        return self._levels.get(level_id)

    def schedule(self, schedule_id: str) -> Schedule | None:
        return self._schedules.get(schedule_id)

    def area(self, area_id: str) -> Area | None:
        return self._areas.get(area_id)

    def _place(self, point: Point) -> Place:
        openings = [
            Opening(level, self._schedules[level.schedule])
            for level in self._levels.values()
            if point.id in level.points and (not point.floors or point.floors & level.floors)
        ]
        return Place(
            point,
            self._areas.get(point.area),
            {opening.level.id: opening for opening in openings},
            {opening.level.number: opening for opening in openings},
        )


class MemoryBook(RuleIndex):
    """A whole policy in memory."""

    def __init__(
        self, head: PolicyHead | None, cards: Iterable[CardEntry] = (), revocations: Iterable[Revocation] = ()
    ) -> None:
        super().__init__(head)
        self._cards = {c.card_id: c for c in cards}
        self._uids = {c.uid: c for c in self._cards.values() if c.uid}
        floor = head.rev_seq if head else 0
        newest = sorted((r for r in revocations if r.rev_seq > floor), key=lambda r: r.rev_seq)
        self._revoked = {r.card_id: r for r in newest}

    def card(self, card_id: str) -> CardEntry | None:
        return self._cards.get(card_id)

    def card_of_uid(self, uid: str) -> CardEntry | None:
        return self._uids.get(uid)

    def revocation(self, card_id: str) -> Revocation | None:
        return self._revoked.get(card_id)
