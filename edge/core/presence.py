"""Who passed where and when, kept from events alone: what the rules need to know of the past (`Situation`).

The journal is its memory: after a restart the same events are heard again, so nothing is kept twice. A tap that opened
is a passage into or out of the point's area. Where two gateways serve one area, the server tells each what the other
saw (`hear_elsewhere`), and a card brings its last passage along (`AccessEvent`) for when it cannot; the younger one
counts. A passage is forgotten after the area's `passback_ms`.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

from card_protocol.policy.book import Book
from card_protocol.policy.rules import FORGIVEN_AFTER_MS, CardEntry, Passback
from card_protocol.policy.whereabouts import PEOPLE_MAX, Whereabouts
from card_protocol.profiles.card_records import AccessEvent
from card_protocol.profiles.card_records import Passage as CardPassage
from card_protocol.wire.command import Action
from card_protocol.wire.passages import Passages
from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import Moment
from card_protocol.words.point import Direction, Point, PointKind
from card_protocol.words.reason import Reason
from card_protocol.words.schedule import same_opening
from card_protocol.words.situation import NOTHING_KNOWN, Partner, Passage, Roles, Situation
from card_protocol.words.verdict import Presentation

CARDS_MAX: Final = 65_536
"""Visitors' passes whose uses are counted."""

_MS_NS: Final = 1_000_000
_DIRECTIONS: Final = {CardPassage.IN: Direction.IN, CardPassage.OUT: Direction.OUT}


FORGIVEN: Final = f'"action":"{Action.FORGIVE.value}"'.encode()
"""In the bytes of the event that tells of it."""


class Mark(NamedTuple):
    """When something was: within one boot the monotonic clock counts, which nobody can set."""

    boot: str
    mono_ns: int
    wall_ms: int

    @classmethod
    def of(cls, moment: Moment) -> Self:
        """Now."""
        return cls(moment.boot, moment.mono_ns, moment.wall_ms)

    @classmethod
    def elsewhere(cls, wall_ms: int) -> Self:
        """By the clock of another gateway."""
        return cls("", 0, wall_ms)

    def ago_ms(self, moment: Moment) -> int:
        """How long before `moment`, never negative."""
        if self.boot == moment.boot:
            return max(0, (moment.mono_ns - self.mono_ns) // _MS_NS)
        return max(0, moment.wall_ms - self.wall_ms)


class Roll(NamedTuple):
    """An area, as far as this box has seen: who is inside, and who of it has reached a muster point."""

    area: str
    inside: int
    capacity: int | None
    safe: int


class Around(NamedTuple):
    """What is not of the past: doors that stand open now, lockdown levels by area, how long the server is away."""

    open_points: frozenset[str] = frozenset()
    lockdown: Mapping[str, int] = {}
    offline_ms: int = 0


@dataclass(frozen=True)
class _Stood:
    """Who presented a card at a point last and was let in, or waits for a second person."""

    holder: str
    roles: Roles
    at: Mark
    waits: bool


class Presence:
    """Mutable, and neither thread nor clock inside: whoever shares it guards it."""

    def __init__(self) -> None:
        self._where: Whereabouts[Mark] = Whereabouts(PEOPLE_MAX)
        self._stood: dict[str, _Stood] = {}
        self._first: dict[str, tuple[str, Mark]] = {}
        self._uses: OrderedDict[str, int] = OrderedDict()
        self._forgiven: dict[str, Mark] = {}

    def hear(self, event: Event, book: Book) -> None:
        """Take note of an event; of what is no tap of a known holder at a known point, there is nothing to note."""
        point = book.point(event.point) if event.point is not None else None
        if event.kind is EventKind.COMMAND_DONE and point is not None:
            if event.detail.get("action") == Action.FORGIVE.value:
                self.forgive(point.area, Mark(event.boot, event.mono_ns, event.wall_ms))
            return
        if event.kind is not EventKind.TAP or point is None or event.holder is None:
            return
        entry = book.card(event.card_id) if event.card_id is not None else None
        at = Mark(event.boot, event.mono_ns, event.wall_ms)
        if point.kind is PointKind.MUSTER:
            # Whatever their card may open: they are out.
            self._where.mustered(event.holder, at)
            return
        if event.granted:
            self._hear_passage(event, point, entry, at, book)
        elif event.reason is Reason.SECOND_PERSON_AWAITED:
            self._stood[point.id] = _Stood(event.holder, _roles(entry), at, waits=True)

    def _hear_passage(self, event: Event, point: Point, entry: CardEntry | None, at: Mark, book: Book) -> None:
        assert event.holder is not None
        self.passed(point.area, event.holder, point.direction, at)
        before = self._stood.pop(point.id, None)
        if point.persons > 1:
            # The pair is complete: both went in, and neither is anybody's partner any more.
            if before is not None and before.waits:
                self.passed(point.area, before.holder, point.direction, at)
        elif before is not None and entry is not None and entry.traits is not None and entry.traits.escorted:
            # An escort may lead several people, one behind the other.
            self._stood[point.id] = before
        else:
            self._stood[point.id] = _Stood(event.holder, _roles(entry), at, waits=False)
        if point.direction is Direction.OUT:
            return
        if entry is not None and entry.traits is not None and entry.traits.uses is not None:
            self._uses[entry.card_id] = self._uses.pop(entry.card_id, 0) + 1
            while len(self._uses) > CARDS_MAX:
                self._uses.popitem(last=False)
        privileges = book.head.privileges if book.head is not None else None
        if privileges is not None and event.level is not None and not privileges.first_person.isdisjoint(_roles(entry)):
            self._first[point.area] = event.level, at

    def passed(self, area: str, holder: str, direction: Direction, at: Mark) -> None:
        """Somebody passed a point of an area, here or at another gateway that told us."""
        self._where.passed(area, holder, direction, at)

    def hear_elsewhere(self, told: Passages) -> None:
        """What other gateways saw, by their clocks; only what is younger than what is known here counts."""
        for one in told.passed:
            last, safe = self._where.last(one.area, one.holder), self._where.mustered_at(one.holder)
            known = [at.wall_ms for at in (last[1] if last is not None else None, safe) if at is not None]
            if all(one.at_ms > wall_ms for wall_ms in known):
                self.passed(one.area, one.holder, one.direction, Mark.elsewhere(one.at_ms))
        for safe_one in told.mustered:
            if all(safe_one.at_ms > at.wall_ms for at in self._where.seen(safe_one.holder)):
                self._where.mustered(safe_one.holder, Mark.elsewhere(safe_one.at_ms))
        for area in told.forgiven:
            before = self._forgiven.get(area.area)
            if before is None or area.at_ms > before.wall_ms:
                self.forgive(area.area, Mark.elsewhere(area.at_ms))

    def forgive(self, area: str, at: Mark) -> None:
        """Anti-passback of an area starts anew: no passage from before keeps anybody out. Who is inside stays so."""
        self._forgiven[area] = at

    def inside(self, area: str, moment: Moment, forgotten_after_ms: int) -> int:
        """How many people are in an area, of those whose entry is not forgotten."""
        return sum(1 for _ in self._inside(area, moment, forgotten_after_ms))

    def rolls(self, book: Book, moment: Moment) -> tuple[Roll, ...]:
        """The areas that the points of this book lead into or out of, by name."""
        passages = {p.area for p in book.head.points if p.direction is not Direction.NONE} if book.head else set()
        return tuple(self._roll(name, book, moment) for name in sorted(passages))

    def still_inside(self, book: Book, moment: Moment) -> int:
        """How many people are in any of them; somebody who is in two is one."""
        areas = {roll.area for roll in self.rolls(book, moment)}
        return len({holder for area in areas for holder in self._inside(area, moment, _forgiven_ms(book, area))})

    def _roll(self, name: str, book: Book, moment: Moment) -> Roll:
        area, safe = book.area(name), sum(name in safe.left for _, safe in self._where.safe())
        capacity = area.capacity if area is not None else None
        return Roll(name, self.inside(name, moment, _forgiven_ms(book, name)), capacity, safe)

    def _inside(self, area: str, moment: Moment, forgotten_after_ms: int) -> Iterator[str]:
        found = self._where.inside(area)
        return (holder for holder, at in found if at.ago_ms(moment) < forgotten_after_ms)

    def situation(
        self,
        presentation: Presentation,
        point_id: str,
        book: Book,
        moment: Moment,
        around: Around,
        carried: AccessEvent | None = None,
    ) -> Situation:
        """What the rules of this point may ask for, and nothing else: an ordinary gate's is `NOTHING_KNOWN`.

        `carried` is the newest record of the card's own log, where the point has it read.
        """
        point = book.point(point_id)
        if point is None or book.head is None:
            return NOTHING_KNOWN
        entry = book.card(presentation.card_id) if presentation.card_id is not None else None
        if entry is None and presentation.card_id is None and presentation.fault is None:
            entry = book.card_of_uid(presentation.uid)
        holder = entry.holder if entry is not None else presentation.grant.holder if presentation.grant else None
        traits = entry.traits if entry is not None else None
        area = book.area(point.area)
        known: dict[str, object] = {}
        if area is not None and area.passback is not Passback.OFF and holder is not None:
            known["last"] = self._last(point.area, area.number, holder, moment, carried)
        if area is not None and area.capacity is not None:
            known["inside"] = self.inside(point.area, moment, area.passback_ms)
        if point.interlock is not None:
            known["open_points"] = around.open_points - {point_id}
        if point.first_person:
            known["first_seen"] = self._first_seen(point.area, book, moment)
        if point.persons > 1 or (traits is not None and traits.escorted):
            known["partner"] = self._partner(point_id, holder, moment)
        if traits is not None and traits.uses is not None and entry is not None:
            known["uses"] = self._uses.get(entry.card_id, 0)
        if any(level.max_offline_ms is not None and point_id in level.points for level in book.head.levels):
            known["offline_ms"] = around.offline_ms
        known["lockdown"] = around.lockdown.get(point.area, 0)
        found = Situation.model_validate(known)
        return NOTHING_KNOWN if found == NOTHING_KNOWN else found

    def _last(self, area: str, number: int, holder: str, moment: Moment, carried: AccessEvent | None) -> Passage | None:
        """The younger of what we saw and what the card tells, unless it was forgiven since."""
        found = self._where.last(area, holder)
        told = [Passage(direction=found[0], ago_ms=found[1].ago_ms(moment))] if found is not None else []
        way = _DIRECTIONS.get(CardPassage(carried.passage)) if carried is not None and carried.area == number else None
        if carried is not None and way is not None:
            told.append(Passage(direction=way, ago_ms=max(0, moment.wall_ms - carried.wall_ms)))
        forgiven = self._forgiven[area].ago_ms(moment) if area in self._forgiven else None
        counting = [passage for passage in told if forgiven is None or passage.ago_ms < forgiven]
        return min(counting, key=lambda passage: passage.ago_ms, default=None)

    def _partner(self, point_id: str, holder: str | None, moment: Moment) -> Partner | None:
        stood = self._stood.get(point_id)
        if stood is None or stood.holder == holder:
            return None
        return Partner(holder=stood.holder, roles=stood.roles, ago_ms=stood.at.ago_ms(moment))

    def _first_seen(self, area: str, book: Book, moment: Moment) -> bool:
        found = self._first.get(area)
        level = book.level(found[0]) if found is not None else None
        schedule = book.schedule(level.schedule) if level is not None else None
        if found is None or schedule is None:
            return False
        at = found[1]
        return same_opening(schedule, book.calendar, moment.wall_ms - at.ago_ms(moment), moment.wall_ms)


def _forgiven_ms(book: Book, area: str) -> int:
    known = book.area(area)
    return known.passback_ms if known is not None else FORGIVEN_AFTER_MS


def _roles(entry: CardEntry | None) -> Roles:
    return entry.traits.roles if entry is not None and entry.traits is not None else frozenset()
