"""Passages told on: what one gateway saw of people, for the others whose doors lead into or out of the same areas.

Only for areas with a rule that asks for it (anti-passback, capacity), and only what such a rule would not have
forgotten. Muster taps are for every gateway of the same division: who reached a muster point is out of everything.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from card_protocol.policy.rules import Passback
from card_protocol.wire.command import Action
from card_protocol.wire.passages import PASSAGES_MAX, Forgiven, Mustered, Passages, Passed
from card_protocol.words.event import Event, EventKind
from card_protocol.words.point import Direction, PointKind
from server.services.gateways import gateways
from server.tables import AreaRow, EventRow, PointRow

TOLD_MAX: Final = 2000
"""The newest events that a gateway is told of when it comes back."""

KINDS: Final = (EventKind.TAP, EventKind.COMMAND_DONE)


class _Way(NamedTuple):
    """A point: which gateway serves it, and what passing it means."""

    gateway: str | None
    org: str
    area: str
    direction: Direction
    is_muster: bool


class Ground(NamedTuple):
    """The areas with rules (how long [ms] each remembers), the points that matter to them, who takes part."""

    rules: dict[str, int]
    ways: dict[str, _Way]
    gateways: frozenset[str]

    def doors(self) -> Iterator[_Way]:
        """Ways into and out of the areas."""
        return (way for way in self.ways.values() if way.area in self.rules and way.direction is not Direction.NONE)


Told = Passed | Mustered | Forgiven


def ground(session: Session) -> Ground:
    """As the place is now; empty where no area has such a rule."""
    asks = or_(col(AreaRow.passback) != Passback.OFF.value, col(AreaRow.capacity).is_not(None))
    rules = {row.id: row.passback_ms for row in session.exec(select(AreaRow).where(asks))}
    if not rules:
        return Ground({}, {}, frozenset())
    matters = or_(col(PointRow.area).in_(rules), col(PointRow.kind) == PointKind.MUSTER.value)
    ways = {row.id: _way(row) for row in session.exec(select(PointRow).where(matters))}
    return Ground(rules, ways, frozenset(gateways.enrolled(session)))


def told_on(place: Ground, gateway: str, events: Iterable[Event], now_ms: int) -> list[Passages]:
    """What has just come in of a gateway, for each other that it concerns."""
    found: defaultdict[str, list[Told]] = defaultdict(list)
    for event in events:
        told = _told(place, event, now_ms)
        if told is not None:
            for other in _concerned(place, event.point or "", told) - {gateway}:
                found[other].append(told)
    return [message for other, words in sorted(found.items()) for message in _messages(other, words)]


def missed(session: Session, place: Ground, gateway: str, now_ms: int, since_ms: int = 0) -> list[Passages]:
    """What the others saw, for one that has come back: the newest, each holder's last passage of an area once.

    `since_ms`: only what arrived at the server since then.
    """
    areas = {way.area for way in place.doors() if way.gateway == gateway}
    if not areas:
        return []
    others = {name: way for name, way in place.ways.items() if way.gateway != gateway}
    points = [name for name, way in others.items() if way.is_muster or way.area in areas]
    newest: dict[tuple[type[Told], str, str], Told] = {}
    for event in _events(session, points, now_ms - max(place.rules[area] for area in areas), since_ms):
        told = _told(place, event, now_ms)
        if told is not None and gateway in _concerned(place, event.point or "", told):
            newest.pop(key := (type(told), getattr(told, "area", ""), getattr(told, "holder", "")), None)
            newest[key] = told
    return _messages(gateway, list(newest.values()))


def _events(session: Session, points: Collection[str], wall_ms: int, received_ms: int) -> Iterator[Event]:
    done = and_(col(EventRow.kind) == EventKind.COMMAND_DONE.value)
    wanted = or_(and_(col(EventRow.kind) == EventKind.TAP.value, col(EventRow.holder).is_not(None)), done)
    statement = (
        select(EventRow.body)
        .where(col(EventRow.point).in_(points), col(EventRow.wall_ms) >= wall_ms, wanted)
        .where(col(EventRow.received_ms) >= received_ms)
        .order_by(col(EventRow.wall_ms).desc(), col(EventRow.id).desc())
        .limit(TOLD_MAX)
    )
    return (Event.from_bytes(bytes(body)) for body in reversed(session.exec(statement).all()))


def _told(place: Ground, event: Event, now_ms: int) -> Told | None:
    """What an event means to others; None for nothing. A clock that runs ahead makes nothing younger than now."""
    way = place.ways.get(event.point or "")
    if way is None or event.kind not in KINDS:
        return None
    at_ms = min(event.wall_ms, now_ms)
    if event.kind is EventKind.COMMAND_DONE:
        forgives = event.detail.get("action") == Action.FORGIVE.value and way.area in place.rules
        return Forgiven(area=way.area, at_ms=at_ms) if forgives else None
    if event.holder is None or (way.is_muster and at_ms <= now_ms - max(place.rules.values())):
        return None
    if way.is_muster:
        return Mustered(holder=event.holder, at_ms=at_ms)
    fresh = way.area in place.rules and at_ms > now_ms - place.rules[way.area]
    if not (fresh and event.granted) or way.direction is Direction.NONE:
        return None
    return Passed(area=way.area, holder=event.holder, direction=way.direction, at_ms=at_ms)


def _concerned(place: Ground, point: str, told: Told) -> set[str]:
    org = place.ways[point].org
    served = (
        way.gateway
        for way in place.doors()
        if (way.org == org if isinstance(told, Mustered) else way.area == told.area)
    )
    return {name for name in served if name is not None and name in place.gateways}


def _messages(gateway: str, words: list[Told]) -> list[Passages]:
    messages = []
    for start in range(0, len(words), PASSAGES_MAX):
        some = words[start : start + PASSAGES_MAX]
        passed = tuple(word for word in some if isinstance(word, Passed))
        mustered = tuple(word for word in some if isinstance(word, Mustered))
        forgiven = tuple(word for word in some if isinstance(word, Forgiven))
        messages.append(Passages(gateway=gateway, passed=passed, mustered=mustered, forgiven=forgiven))
    return messages


def _way(row: PointRow) -> _Way:
    is_muster = row.kind == PointKind.MUSTER.value
    return _Way(row.gateway_id, row.org, row.area, Direction(row.direction), is_muster)
