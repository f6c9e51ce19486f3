"""Who is inside, per area, and who has reached a muster point: from the taps of all gateways, by the one arithmetic.

A gateway that is silent has seen passages that nobody here knows of. Then the figure is no certainty, and says which
way it may be wrong: behind a silent entrance may be more people, behind a silent exit fewer.
"""

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from pydantic import BaseModel
from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from card_protocol.policy.rules import FORGIVEN_AFTER_MS, Area
from card_protocol.policy.whereabouts import Whereabouts
from card_protocol.words.event import EventKind
from card_protocol.words.point import Direction, Point, PointKind
from card_protocol.words.reason import Reason
from card_protocol.words.situation import NOTHING_KNOWN, Passage, Situation
from server.services.access import access, areas
from server.services.gateways import gateways
from server.services.gateways.gateways import GatewayView
from server.services.sight import Sight
from server.tables import EventRow, HolderRow

PASSAGES_MAX: Final = 200_000
"""The newest that are looked at; a community of ten thousand passes its gates less often in the time that counts."""

BACKLOG_EVENTS: Final = 100
"""A gateway with more events on their way is still telling the past."""


class Certainty(StrEnum):
    """Which way a figure may be wrong."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOUT = "about"


class Silent(BaseModel):
    """A gateway of the area that tells nothing, or only the past."""

    gateway: str
    place: str
    since_ms: int | None
    """None: it was never heard of."""
    shut_out: bool
    """Whether it was shut out: it will not be heard of again."""
    gone_ms: int | None
    """Since when one that was shut out is known to hang there no more."""


class AreaView(BaseModel):
    """How many are inside."""

    area: str
    name_zh: str
    name_en: str
    inside: int
    capacity: int | None
    certainty: Certainty
    silent: list[Silent]


class PersonView(BaseModel):
    """Somebody on the muster list. `safe_ms` is when they reached `safe_point`; None: still inside, or not seen."""

    holder: str
    holder_id: str | None
    name: str | None
    house: str | None
    areas: list[str]
    since_ms: int
    point: str
    safe_ms: int | None = None
    safe_point: str | None = None


class Muster(BaseModel):
    """The list for an evacuation, of one moment."""

    at_ms: int
    areas: list[AreaView]
    inside: list[PersonView]
    """Who has gone in and was not seen since, the latest first."""
    safe: list[PersonView]


class At(NamedTuple):
    """When and where."""

    wall_ms: int
    point: str


class _Ground(NamedTuple):
    points: dict[str, Point]
    areas: dict[str, Area]

    def forgiven_ms(self, area: str) -> int:
        return self.areas[area].passback_ms if area in self.areas else FORGIVEN_AFTER_MS


def occupancy(session: Session, now_ms: int) -> list[AreaView]:
    """Every area that people go into or out of, by name."""
    ground = _ground(session)
    return _views(session, ground, _whereabouts(session, ground, now_ms), now_ms)


def muster(session: Session, now_ms: int, sight: Sight, area: str | None = None) -> Muster:
    """Who is inside and who is safe, in one area or in all; of those areas whose points the reader sees in full."""
    ground = _ground(session)
    where = _whereabouts(session, ground, now_ms)
    seen = {name for name in _areas_of(ground) if _may_see(ground, name, sight) and area in (None, name)}
    found: defaultdict[str, list[tuple[At, str]]] = defaultdict(list)
    for name in seen:
        for holder, at in where.inside(name):
            if now_ms - at.wall_ms < ground.forgiven_ms(name):
                found[holder].append((at, name))
    safe = {h: one for h, one in where.safe() if one.left & seen and now_ms - one.at.wall_ms < FORGIVEN_AFTER_MS}
    people = _people(session, {*found, *safe})
    inside = [_person(people, holder, sorted(stays)) for holder, stays in found.items()]
    ticked = [_ticked(people, holder, one.at, one.left & seen) for holder, one in safe.items()]
    views = [view for view in _views(session, ground, where, now_ms) if view.area in seen]
    return Muster(
        at_ms=now_ms,
        areas=views,
        inside=sorted(inside, key=lambda person: -person.since_ms),
        safe=sorted(ticked, key=lambda person: -person.since_ms),
    )


def situation(session: Session, point: str, holder: str, at_ms: int) -> Situation:
    """What the rules of a point may ask about people, as the server knows it: for explaining, never for opening."""
    ground = _ground(session)
    found = ground.points.get(point)
    area = ground.areas.get(found.area) if found is not None else None
    if found is None or area is None:
        return NOTHING_KNOWN
    where = _whereabouts(session, ground, at_ms)
    last = where.last(area.id, holder)
    passage = None if last is None else Passage(direction=last[0], ago_ms=max(0, at_ms - last[1].wall_ms))
    return Situation(last=passage, inside=_count(where, ground, area.id, at_ms))


def _ground(session: Session) -> _Ground:
    points = {point.id: point for point in access.point_words(session)}
    return _Ground(points, {area.id: area for area in areas.all_of(session)})


def _areas_of(ground: _Ground) -> list[str]:
    passages = {point.area for point in ground.points.values() if point.direction is not Direction.NONE}
    return sorted(passages | set(ground.areas))


def _may_see(ground: _Ground, area: str, sight: Sight) -> bool:
    """By the points that people pass: a care station inside a hall makes nobody's way into the hall a secret."""
    ways = [point for point in ground.points.values() if point.area == area and point.direction is not Direction.NONE]
    return bool(ways) and {point.kind for point in ways} <= sight.full


def _whereabouts(session: Session, ground: _Ground, now_ms: int) -> Whereabouts[At]:
    """In the order of the clocks that saw it: what a gateway tells late belongs to when it was."""
    oldest_ms = now_ms - max(map(ground.forgiven_ms, _areas_of(ground)), default=FORGIVEN_AFTER_MS)
    passing = [p.id for p in ground.points.values() if p.direction is not Direction.NONE]
    muster_points = [p.id for p in ground.points.values() if p.kind is PointKind.MUSTER]
    granted = and_(col(EventRow.reason) == Reason.GRANTED.value, col(EventRow.point).in_(passing))
    statement = (
        select(EventRow.holder, EventRow.point, EventRow.wall_ms)
        .where(EventRow.kind == EventKind.TAP.value, EventRow.wall_ms >= oldest_ms, EventRow.wall_ms <= now_ms)
        .where(col(EventRow.holder).is_not(None), or_(granted, col(EventRow.point).in_(muster_points)))
        .order_by(col(EventRow.wall_ms).desc(), col(EventRow.id).desc())
        .limit(PASSAGES_MAX)
    )
    where: Whereabouts[At] = Whereabouts()
    for holder, point_id, wall_ms in reversed(session.exec(statement).all()):
        assert holder is not None
        assert point_id is not None
        point, at = ground.points[point_id], At(wall_ms, point_id)
        if point.kind is PointKind.MUSTER:
            where.mustered(holder, at)
        else:
            where.passed(point.area, holder, point.direction, at)
    return where


def _views(session: Session, ground: _Ground, where: Whereabouts[At], now_ms: int) -> list[AreaView]:
    boxes = {box.id: box for box in gateways.listing(session)}
    served_by = {point.id: point.gateway_id for point in access.points(session) if point.gateway_id is not None}
    return [_view(ground, where, name, boxes, served_by, now_ms) for name in _areas_of(ground)]


def _view(
    ground: _Ground,
    where: Whereabouts[At],
    name: str,
    boxes: dict[str, GatewayView],
    served_by: dict[str, str],
    now_ms: int,
) -> AreaView:
    ways = [p for p in ground.points.values() if p.area == name and p.direction is not Direction.NONE]
    silent: dict[str, GatewayView] = {}
    directions = set()
    for point in ways:
        box = boxes.get(served_by.get(point.id, ""))
        if box is not None and _is_silent(box):
            silent[box.id] = box
            directions.add(point.direction)
    area = ground.areas.get(name)
    return AreaView(
        area=name,
        name_zh=area.name_zh if area else name,
        name_en=area.name_en if area else name,
        inside=_count(where, ground, name, now_ms),
        capacity=area.capacity if area else None,
        certainty=_certainty(directions),
        silent=[_silent(box) for box in silent.values()],
    )


def _count(where: Whereabouts[At], ground: _Ground, area: str, now_ms: int) -> int:
    return sum(now_ms - at.wall_ms < ground.forgiven_ms(area) for _, at in where.inside(area))


def _certainty(silent: Iterable[Direction]) -> Certainty:
    ways = set(silent)
    if ways == {Direction.IN, Direction.OUT}:
        return Certainty.ABOUT
    if not ways:
        return Certainty.EXACT
    return Certainty.AT_LEAST if Direction.IN in ways else Certainty.AT_MOST


def _is_silent(box: GatewayView) -> bool:
    return not box.online or box.head_seq - box.acked_seq > BACKLOG_EVENTS


def _silent(box: GatewayView) -> Silent:
    return Silent(
        gateway=box.id,
        place=box.place,
        since_ms=box.offline_since_ms or box.seen_ms or None,
        shut_out=box.revoked,
        gone_ms=box.gone_ms,
    )


def _people(session: Session, pseudonyms: set[str]) -> dict[str, HolderRow]:
    found: dict[str, HolderRow] = {}
    wanted = sorted(pseudonyms)
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        rows = session.exec(select(HolderRow).where(col(HolderRow.pseudonym).in_(some)))
        found |= {row.pseudonym: row for row in rows}
    return found


def _person(people: dict[str, HolderRow], holder: str, stays: list[tuple[At, str]]) -> PersonView:
    at = stays[-1][0]
    return _named(people, holder, [area for _, area in stays], at)


def _ticked(people: dict[str, HolderRow], holder: str, at: At, left: Iterable[str]) -> PersonView:
    named = _named(people, holder, sorted(left), at)
    return named.model_copy(update={"safe_ms": at.wall_ms, "safe_point": at.point})


def _named(people: dict[str, HolderRow], holder: str, where: list[str], at: At) -> PersonView:
    row = people.get(holder)
    return PersonView(
        holder=holder,
        holder_id=row.id if row else None,
        name=row.name if row else None,
        house=row.house if row else None,
        areas=where,
        since_ms=at.wall_ms,
        point=at.point,
    )
