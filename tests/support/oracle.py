"""A second opinion on a world: every complaint that any rule has, worked out side by side from the policy's lists.

Written from the descriptions of the rules, without the decider's look-ups: no book, no case, no order.
"""

from datetime import UTC, datetime, timedelta

from card_protocol.policy.rules import AccessLevel, Area, CardEntry, Passback, PolicyHead, Traits
from card_protocol.words.card import CardState
from card_protocol.words.grant import Grant
from card_protocol.words.moment import ClockQuality
from card_protocol.words.point import Assurance, Direction, Point
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Flag
from tests.support.worlds import World

Complaint = tuple[str, Reason]

_NOT_ACTIVE = {
    CardState.REVOKED: Reason.REVOKED,
    CardState.LOST: Reason.LOST,
    CardState.SUSPENDED: Reason.SUSPENDED,
    CardState.RETURNED: Reason.RETURNED,
    CardState.ISSUED: Reason.NOT_ISSUED,
    CardState.STOCK: Reason.NOT_ISSUED,
}
_STRENGTH = {Assurance.UID: 1, Assurance.READER: 2, Assurance.CARD: 3}


def complaints(world: World) -> set[Complaint]:
    """(rule, reason) of everything that is wrong; empty when the card must be let in."""
    wrong = {("conversation", world.presentation.fault)} if world.presentation.fault else set()
    points = {p.id: p for p in world.head.points} if world.head else {}
    point = points.get(world.point_id)
    if world.head is None or point is None:
        return {*wrong, ("policy_present", Reason.NO_POLICY)}
    entry, grant = _who(world, point)
    checks = {
        *_of_the_card(world, world.head, point, entry),
        *({("known", Reason.UNKNOWN)} if entry is None and grant is None else ()),
        *_of_time(world, world.head, entry or grant),
        *_of_rights(world, world.head, point, entry, grant),
        *_of_the_place(world, world.head, point, entry, grant),
    }
    return {*wrong, *checks}


def flags(world: World) -> set[Flag]:
    """What the verdict must say besides, when the card is let in."""
    point = next(p for p in world.head.points if p.id == world.point_id) if world.head else None
    assert point is not None
    assert world.head is not None
    entry, _ = _who(world, point)
    traits = entry.traits if entry and entry.traits else Traits()
    told = {
        Flag.DURESS: world.presentation.duress or traits.duress,
        Flag.PASSED_BACK: _contradicts(world, _area(world.head, point), point),
        Flag.WAIVED: world.presentation.assurance is Assurance.UID,
    }
    return {flag for flag, so in told.items() if so}


def open_levels(world: World) -> list[AccessLevel]:
    """The levels that let the card in, in the card's order."""
    assert world.head is not None
    point = next(p for p in world.head.points if p.id == world.point_id)
    return _levels(world, world.head, point, *_who(world, point))[2]


def _who(world: World, point: Point) -> tuple[CardEntry | None, Grant | None]:
    shown = world.presentation
    if shown.card_id is not None:
        found = [c for c in world.cards if c.card_id == shown.card_id]
    elif shown.fault is None and (point.uid_waived or shown.assurance is Assurance.READER):
        found = [c for c in world.cards if c.uid == shown.uid]
    else:
        found = []
    return (found[0], None) if found else (None, shown.grant)


def _of_the_card(world: World, head: PolicyHead, point: Point, entry: CardEntry | None) -> set[Complaint]:
    wrong: set[Complaint] = set()
    shown = world.presentation
    weak = shown.assurance is Assurance.UID or _STRENGTH[shown.assurance] < _STRENGTH[point.minimum_assurance]
    if weak and not point.uid_waived:
        wrong.add(("assurance", Reason.ASSURANCE_TOO_LOW))
    card_id = shown.card_id or (entry.card_id if entry else None)
    newer = [r for r in world.revocations if r.card_id == card_id and r.rev_seq > head.rev_seq]
    if newer and (last := max(newer, key=lambda r: r.rev_seq)).state in _NOT_ACTIVE:
        wrong.add(("revocation", _NOT_ACTIVE[last.state]))
    if entry and entry.state in _NOT_ACTIVE:
        wrong.add(("state", _NOT_ACTIVE[entry.state]))
    return wrong


def _of_time(world: World, head: PolicyHead, span: CardEntry | Grant | None) -> set[Complaint]:
    now = world.moment.wall_ms
    over = Reason.GRANT_EXPIRED if isinstance(span, Grant) else Reason.EXPIRED
    wrong: dict[Complaint, bool] = {
        ("clock", Reason.CLOCK_UNKNOWN): world.moment.clock is ClockQuality.UNKNOWN,
        ("policy_fresh", Reason.POLICY_EXPIRED): not now < head.expires_ms,
    }
    if span is not None and now < span.valid_from_ms:
        wrong["validity", Reason.NOT_YET_VALID] = True
    elif span is not None and now >= span.valid_to_ms:
        wrong["validity", over] = True
    return {complaint for complaint, is_so in wrong.items() if is_so}


def _levels(
    world: World, head: PolicyHead, point: Point, entry: CardEntry | None, grant: Grant | None
) -> tuple[list[AccessLevel], list[AccessLevel], list[AccessLevel]]:
    area = _area(head, point)
    if entry is not None:
        mine = [a for name in entry.levels for a in head.levels if a.id == name]
    elif grant is not None and (grant.areas == () or (area is not None and area.number in grant.areas)):
        mine = [a for number in grant.levels for a in head.levels if a.number == number]
    else:
        mine = []
    here = [a for a in mine if point.id in a.points and (not point.floors or point.floors & a.floors)]
    local = datetime.fromtimestamp(world.moment.wall_ms / 1000, UTC) + timedelta(hours=8)
    kind = 7 if local.date().isoformat() in head.calendar.holidays else local.weekday()
    minute = local.hour * 60 + local.minute
    hours = {s.id: {m for i in s.intervals if i.day == kind for m in range(i.start, i.end)} for s in head.schedules}
    in_time = [a for a in here if minute in hours[a.schedule]]
    too_long = [a for a in in_time if a.max_offline_ms is not None and world.situation.offline_ms > a.max_offline_ms]
    return here, in_time, [a for a in in_time if a not in too_long]


def _of_rights(
    world: World, head: PolicyHead, point: Point, entry: CardEntry | None, grant: Grant | None
) -> set[Complaint]:
    here, in_time, live = _levels(world, head, point, entry, grant)
    if live:
        return set()
    why = Reason.OFFLINE_TOO_LONG if in_time else Reason.OUTSIDE_SCHEDULE if here else Reason.WRONG_POINT
    return {("right", why)}


def _area(head: PolicyHead, point: Point) -> Area | None:
    return next((a for a in head.areas if a.id == point.area), None)


def _contradicts(world: World, area: Area | None, point: Point) -> bool:
    last = world.situation.last
    if area is None or area.passback is Passback.OFF or last is None or last.ago_ms >= area.passback_ms:
        return False
    ways = {Direction.IN} if area.passback is Passback.TIMED else {Direction.IN, Direction.OUT}
    return last.direction is point.direction and point.direction in ways


def _of_the_place(
    world: World, head: PolicyHead, point: Point, entry: CardEntry | None, grant: Grant | None
) -> set[Complaint]:
    s, may, area = world.situation, head.privileges, _area(head, point)
    traits = (entry.traits if entry else None) or Traits()
    holder = entry.holder if entry else grant.holder if grant else None
    beside = s.partner if s.partner and s.partner.holder != holder else None
    beside = beside if beside and beside.ago_ms < point.partner_timeout_ms else None
    exempt = may.lockdown[s.lockdown - 1] if 0 < s.lockdown <= len(may.lockdown) else frozenset()
    trap = {p.id for p in head.points if p.interlock and p.interlock == point.interlock} - {point.id}
    interlocked = {("interlock", Reason.INTERLOCKED)} if trap & s.open_points else set()
    if point.direction is Direction.OUT:
        return interlocked
    wrong: dict[Complaint, bool] = {
        ("lockdown", Reason.LOCKED_DOWN): s.lockdown > 0 and not exempt & traits.roles,
        ("uses", Reason.USED_UP): traits.uses is not None and s.uses >= traits.uses,
        ("escort", Reason.ESCORT_AWAITED): traits.escorted and not (beside and beside.roles & may.escort),
        ("first_person", Reason.FIRST_PERSON_AWAITED): point.first_person
        and not s.first_seen
        and not traits.roles & may.first_person,
        ("anti_passback", Reason.PASSED_BACK): _contradicts(world, area, point)
        and area is not None
        and area.passback is not Passback.SOFT,
        ("capacity", Reason.AREA_FULL): point.direction is Direction.IN
        and area is not None
        and area.capacity is not None
        and s.inside >= area.capacity,
        ("two_persons", Reason.SECOND_PERSON_AWAITED): point.persons > 1 and not beside,
    }
    return {*interlocked, *(complaint for complaint, is_so in wrong.items() if is_so)}
