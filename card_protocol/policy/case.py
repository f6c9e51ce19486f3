"""One question to the rules, with what the book knows about it already looked up."""

from dataclasses import dataclass
from typing import NamedTuple

from card_protocol.policy.book import Book, Opening, Place
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
    place: Place | None
    point: Point | None
    area: Area | None
    """The area behind the point, if the policy says anything about it."""
    entry: CardEntry | None
    grant: Grant | None
    card_id: str | None
    """The card that was proven, or the one whose number a reader or a waiver lets count."""
    holder: str | None
    """The pseudonym of whoever the card was given to, as far as anyone here knows."""
    traits: Traits
    """What is out of the ordinary about the card; a grant tells nothing of it."""
    head: PolicyHead | None
    book: Book
    moment: Moment
    situation: Situation
    _rights: Rights | None = None

    @property
    def goes_out(self) -> bool:
        """Whether the point lets people out: rules about the place never keep anybody in."""
        return self.point is not None and self.point.direction is Direction.OUT

    def has_role(self, roles: Roles) -> bool:
        """Whether the card has one of them."""
        return not roles.isdisjoint(self.traits.roles)

    @property
    def rights(self) -> Rights:
        """The access levels of the card that open this point: the book's word goes before the card's own."""
        if self._rights is None:
            self._rights = self._look_up_rights()
        return self._rights

    def _look_up_rights(self) -> Rights:
        here: list[AccessLevel] = []
        in_time: list[AccessLevel] = []
        live: list[AccessLevel] = []
        kind, minute = kind_and_minute(self.book.calendar, self.moment.wall_ms)
        for level, schedule in self._openings():
            here.append(level)
            if not is_open_at(schedule, kind, minute):
                continue
            in_time.append(level)
            if level.max_offline_ms is None or self.situation.offline_ms <= level.max_offline_ms:
                live.append(level)
        return Rights(here, in_time, live)

    def _openings(self) -> list[Opening]:
        if self.place is None:
            return []
        if self.entry is not None:
            named = self.place.named
            return [named[level] for level in self.entry.levels if level in named]
        if self.grant is not None and self._grant_covers_the_area(self.grant):
            numbered = self.place.numbered
            return [numbered[level] for level in self.grant.levels if level in numbered]
        return []

    def _grant_covers_the_area(self, grant: Grant) -> bool:
        return not grant.areas or (self.area is not None and self.area.number in grant.areas)

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


def case_of(presentation: Presentation, point_id: str, book: Book, moment: Moment, situation: Situation) -> Case:
    """Look up what the rules will ask for."""
    place = book.place(point_id)
    point, area = (place.point, place.area) if place is not None else (None, None)
    card_id, entry, grant = presentation.card_id, None, None
    if card_id is not None:
        entry = book.card(card_id)
    elif presentation.fault is None and point is not None and _number_counts(presentation, point):
        entry = book.card_of_uid(presentation.uid)
        card_id = entry.card_id if entry is not None else None
    holder, traits = None, _ORDINARY
    if entry is not None:
        holder, traits = entry.holder, entry.traits or _ORDINARY
    elif presentation.grant is not None:
        grant = presentation.grant
        holder = grant.holder
    return Case(
        presentation,
        point_id,
        place,
        point,
        area,
        entry,
        grant,
        card_id,
        holder,
        traits,
        book.head,
        book,
        moment,
        situation,
    )


def _number_counts(presentation: Presentation, point: Point) -> bool:
    """Whether a bare number names a card here. Never after a fault: a foreign card may show a neighbour's number."""
    return point.uid_waived or presentation.assurance is Assurance.READER
