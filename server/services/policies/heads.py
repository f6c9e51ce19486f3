"""The heads of policies: what each gateway is told of points, levels and schedules.

A gateway gets the points that it serves and the access levels that open one of them.
"""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Session, select

from card_protocol.policy.rules import AccessLevel, PolicyHead
from card_protocol.words.point import Point
from server.services.access import access, areas
from server.services.cards.revocations import POLICY_LIFE_MS
from server.services.keys import key_versions
from server.services.notices import on_screens
from server.tables import PointRow
from server.tables.place import to_point


def heads(session: Session, org: str, names: Sequence[str], now_ms: int, rev_seq: int) -> dict[str, PolicyHead]:
    """The head of each gateway, still with version 1 and without cards."""
    points = _points_by_gateway(session)
    levels, schedules, calendar = access.levels(session), access.schedules(session), access.calendar_of(session)
    places, privileges = areas.all_of(session), areas.privileges(session, org)
    keys = key_versions.current(session, org)
    hanging = on_screens.words(session, now_ms)
    made = {}
    for name in names:
        here = frozenset(point.id for point in points[name])
        opening = [_cut_to(level, here) for level in levels if level.points & here]
        wanted = {level.schedule for level in opening} | {point.free for point in points[name] if point.free}
        around = {point.area for point in points[name]}
        made[name] = PolicyHead(
            version=1,
            community=org,
            issued_ms=now_ms,
            expires_ms=now_ms + POLICY_LIFE_MS,
            rev_seq=rev_seq,
            points=tuple(points[name]),
            levels=tuple(opening),
            schedules=tuple(schedule for schedule in schedules if schedule.id in wanted),
            calendar=calendar,
            areas=tuple(area for area in places if area.id in around),
            privileges=privileges,
            keys_oldest=keys.oldest,
            keys_newest=keys.newest,
            notices=on_screens.cut_to(hanging, here),
            cards=0,
        )
    return made


def whole(session: Session, org: str, at_ms: int, rev_seq: int) -> PolicyHead:
    """The rules of the community as they stand now, for every point of it: what a gateway of all points would hold."""
    return PolicyHead(
        version=1,
        community=org,
        issued_ms=at_ms,
        expires_ms=at_ms + POLICY_LIFE_MS,
        rev_seq=rev_seq,
        points=tuple(access.point_words(session)),
        levels=tuple(access.levels(session)),
        schedules=tuple(access.schedules(session)),
        calendar=access.calendar_of(session),
        areas=tuple(areas.all_of(session)),
        privileges=areas.privileges(session, org),
    )


def _points_by_gateway(session: Session) -> defaultdict[str, list[Point]]:
    found: defaultdict[str, list[Point]] = defaultdict(list)
    for row in session.exec(select(PointRow).order_by(PointRow.id)):
        if row.gateway_id is not None:
            found[row.gateway_id].append(to_point(row))
    return found


def _cut_to(level: AccessLevel, here: frozenset[str]) -> AccessLevel:
    return level.model_copy(update={"points": level.points & here})
