"""The words of incidents, and who reads which."""

import pytest

from server.services.incidents.incident_words import (
    IN_FULL,
    LIMITS,
    SENTENCES,
    VEILED,
    Matter,
    No,
    State,
    Tier,
    Urgency,
    tier_of,
)
from server.services.roles import PEOPLE_ROLES, Permission, Role, may
from server.services.work import Actor


def test_every_level_has_its_clock_and_urgent_is_sooner() -> None:
    assert set(LIMITS) == {(tier, urgency) for tier in Tier for urgency in Urgency}
    for tier in Tier:
        urgent, normal = LIMITS[tier, Urgency.URGENT], LIMITS[tier, Urgency.NORMAL]
        assert 0 < urgent.take_ms < normal.take_ms
        assert 0 < urgent.settle_ms < normal.settle_ms


def test_every_refusal_has_its_sentence() -> None:
    assert set(SENTENCES) == set(No)


@pytest.mark.parametrize(
    ("state", "unit", "tier"),
    [
        (State.REPORTED, "330105008001", Tier.COMMUNITY),
        (State.RETURNED, "330105008001", Tier.TERMINAL),
        (State.HANDLING, "330105008000", Tier.STREET),
        (State.CLOSED, "330105000000", Tier.DISTRICT),
    ],
)
def test_the_level_follows_from_the_unit(state: State, unit: str, tier: Tier) -> None:
    assert tier_of(state, unit) is tier


def test_who_may_read_incidents_reads_some_and_nobody_else_does() -> None:
    for role in PEOPLE_ROLES:
        reads = may(Actor("x", role.value), Permission.INCIDENTS_READ)
        assert reads == bool(IN_FULL.get(role, frozenset()) | VEILED.get(role, frozenset())), role


def test_care_is_read_by_care_alone_and_an_auditor_reads_no_word() -> None:
    assert [role for role in PEOPLE_ROLES if Matter.CARE in IN_FULL.get(role, frozenset())] == [Role.CARE]
    assert Role.AUDITOR not in IN_FULL
    assert not any(IN_FULL.get(role, frozenset()) & VEILED.get(role, frozenset()) for role in Role)
