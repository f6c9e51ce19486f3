"""One question to the rules, with what the book knows about it already looked up."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from card_protocol.policy.book import Book
from card_protocol.policy.rules import AccessLevel, Area, CardEntry, Passback, PolicyHead, Traits
from card_protocol.words.grant import Grant
from card_protocol.words.moment import Moment
from card_protocol.words.point import Assurance, Direction, Floor, Point
from card_protocol.words.schedule import is_open_at, kind_and_minute
from card_protocol.words.situation import Roles, Situation
from card_protocol.words.verdict import Presentation

_ORDINARY = Traits()


class Rights(NamedTuple):
    """The card's access levels at one point, each list a part of the one before it."""

    here: list[AccessLevel]
    in_time: list[AccessLevel]
    """Whose schedule is open now."""
    live: list[AccessLevel]
    """Whose gateway may still use them after so long offline. The first of these lets the card in."""


@dataclass(slots=True, eq=False)
class Case:
    """Everything that a rule may look at. Not frozen for speed alone (a decision makes one): no rule changes it."""

    presentation: Presentation
    point_id: str
    point: Point | None
    entry: CardEntry | None
    grant: Grant | None
    head: PolicyHead | None
    book: Book
    moment: Moment
    situation: Situation
    area: Area | None
    """The area behind the point, if the policy says anything about it."""
    traits: Traits
    """What is out of the ordinary about the card; a grant tells nothing of it."""
    _rights: Rights | None = None

    @property
    def card_id(self) -> str | None:
        """The card that was proven, or the one whose number a reader or a waiver lets count."""
        return self.presentation.card_id or (self.entry.card_id if self.entry else None)

    @property
    def holder(self) -> str | None:
        """The pseudonym of whoever the card was given to, as far as anyone here knows."""
        known = self.entry or self.grant
        return known.holder if known else None

    @property
    def goes_out(self) -> bool:
        """Whether the point lets people out: rules about the place never keep anybody in."""
        return self.point is not None and self.point.direction is Direction.OUT

    def has_role(self, roles: Roles) -> bool:
        """Whether the card has one of them."""
        return not roles.isdisjoint(self.traits.roles)

    @property
    def rights(self) -> Rights:
        """The access levels of the card that hold this point: the book's word goes before the card's own."""
        if self._rights is None:
            self._rights = self._look_up_rights()
        return self._rights

    def _look_up_rights(self) -> Rights:
        rights = Rights([], [], [])
        kind, minute = kind_and_minute(self.book.calendar, self.moment.wall_ms)
        lift = self.point.floors if self.point is not None else frozenset()
        for level in self._levels():
            if level is None or self.point_id not in level.points or (lift and lift.isdisjoint(level.floors)):
                continue
            rights.here.append(level)
            schedule = self.book.schedule(level.schedule)
            if schedule is None or not is_open_at(schedule, kind, minute):
                continue
            rights.in_time.append(level)
            if level.max_offline_ms is None or self.situation.offline_ms <= level.max_offline_ms:
                rights.live.append(level)
        return rights

    @property
    def floors(self) -> frozenset[Floor]:
        """The floors of this lift that the levels open together."""
        if self.point is None or not self.point.floors:
            return frozenset()
        return self.point.floors & frozenset(floor for level in self.rights.live for floor in level.floors)

    @property
    def passed_back(self) -> bool:
        """Whether the last passage contradicts this one, by the area's setting."""
        area, last = self.area, self.situation.last
        if area is None or last is None or area.passback is Passback.OFF or last.ago_ms >= area.passback_ms:
            return False
        assert self.point is not None
        if area.passback is Passback.TIMED:
            return self.point.direction is Direction.IN and last.direction is Direction.IN
        return self.point.direction is not Direction.NONE and last.direction is self.point.direction

    def _levels(self) -> Iterable[AccessLevel | None]:
        if self.entry is not None:
            return map(self.book.level, self.entry.levels)
        if self.grant is not None and self._grant_covers_the_area(self.grant):
            return map(self.book.level_number, self.grant.levels)
        return ()

    def _grant_covers_the_area(self, grant: Grant) -> bool:
        return not grant.areas or (self.area is not None and self.area.number in grant.areas)


def case_of(presentation: Presentation, point_id: str, book: Book, moment: Moment, situation: Situation) -> Case:
    """Look up what the rules will ask for."""
    point = book.point(point_id)
    entry = None
    if presentation.card_id is not None:
        entry = book.card(presentation.card_id)
    elif presentation.fault is None and point is not None and _number_counts(presentation, point):
        entry = book.card_of_uid(presentation.uid)
    grant = presentation.grant if entry is None else None
    area = book.area(point.area) if point is not None else None
    traits = (entry.traits if entry is not None else None) or _ORDINARY
    return Case(presentation, point_id, point, entry, grant, book.head, book, moment, situation, area, traits)


def _number_counts(presentation: Presentation, point: Point) -> bool:
    """Whether a bare number names a card here. Never after a fault: a foreign card may show a neighbour's number."""
    return point.uid_waived or presentation.assurance is Assurance.READER
