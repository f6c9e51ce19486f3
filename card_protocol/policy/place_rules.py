"""The rules about the place and the people in it. Each takes a `Case`, gives a reason or None.

None of them keeps anybody in: at a point that lets people out only the interlock speaks, and that only until the
other door has fallen shut. (Egress by button and fire release ask no rule at all.)
"""

from card_protocol.policy.case import Case
from card_protocol.policy.rules import Passback, Privileges
from card_protocol.words.point import Direction
from card_protocol.words.reason import Reason
from card_protocol.words.situation import Partner


def lockdown(case: Case) -> Reason | None:
    """In a lockdown only the roles that the policy names for its level enter."""
    level = case.situation.lockdown
    if level == 0 or case.goes_out:
        return None
    exempt = _privileges(case).lockdown
    passes = level <= len(exempt) and case.has_role(exempt[level - 1])
    return None if passes else Reason.LOCKED_DOWN


def escort(case: Case) -> Reason | None:
    """Who must be escorted enters right behind somebody who may escort."""
    if not case.traits.escorted or case.goes_out:
        return None
    roles = _privileges(case).escort
    partner = case.situation.partner
    led = partner is not None and _is_here(case, partner) and not roles.isdisjoint(partner.roles)
    return None if led else Reason.ESCORT_AWAITED


def first_person(case: Case) -> Reason | None:
    """A room that must not be empty of staff stays closed until one of them has come."""
    assert case.point is not None
    if not case.point.first_person or case.situation.first_seen or case.goes_out:
        return None
    return None if case.has_role(_privileges(case).first_person) else Reason.FIRST_PERSON_AWAITED


def anti_passback(case: Case) -> Reason | None:
    """Who is inside cannot enter again: the card was handed back through the fence. Soft areas only flag it."""
    area = case.area
    if not case.passed_back or case.goes_out or area is None or area.passback is Passback.SOFT:
        return None
    return Reason.PASSED_BACK


def capacity(case: Case) -> Reason | None:
    """No more people than the area holds."""
    assert case.point is not None
    area = case.area
    if area is None or area.capacity is None or case.point.direction is not Direction.IN:
        return None
    return Reason.AREA_FULL if case.situation.inside >= area.capacity else None


def interlock(case: Case) -> Reason | None:
    """Of the doors of a mantrap one opens only while all others are closed and locked."""
    assert case.point is not None
    if case.point.interlock is None:
        return None
    for point_id in case.situation.open_points:
        other = case.book.point(point_id)
        if point_id != case.point_id and other is not None and other.interlock == case.point.interlock:
            return Reason.INTERLOCKED
    return None


def two_persons(case: Case) -> Reason | None:
    """Two different people present their cards, one shortly after the other; either may be first."""
    assert case.point is not None
    partner = case.situation.partner
    if case.point.persons == 1 or case.goes_out or (partner is not None and _is_here(case, partner)):
        return None
    return Reason.SECOND_PERSON_AWAITED


def _is_here(case: Case, partner: Partner) -> bool:
    """Somebody else, just now. The same person with two cards is one person."""
    assert case.point is not None
    return partner.holder != case.holder and partner.ago_ms < case.point.partner_timeout_ms


def _privileges(case: Case) -> Privileges:
    assert case.head is not None
    return case.head.privileges
