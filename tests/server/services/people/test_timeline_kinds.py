"""Who sees which kind: the table against the law and against the sight at points."""

from server.services.people.timeline_kinds import ACTIONS, POINTS, SEES, Kind, kind_of_action, kinds_of
from server.services.roles import PEOPLE_ROLES, Permission, Role, may
from server.services.sight import NOTHING, SIGHTS
from server.services.work import SYSTEM, Actor

SENSITIVE = (
    {Kind.PASSAGE},
    {Kind.CARE_TAP, Kind.CARE, Kind.VISIT, Kind.MEAL},
    {Kind.CLINIC_TAP, Kind.CLINIC, Kind.RECALL},
    {Kind.ACTIVITY_TAP, Kind.ACTIVITY, Kind.PARTY},
)


def test_every_kind_is_in_the_table() -> None:
    assert set(SEES) == set(Kind)
    assert kinds_of(SYSTEM) == set(Kind)
    assert kinds_of(Actor("x", "emperor")) == frozenset()


def test_nobody_sees_two_sensitive_fields() -> None:
    for role in PEOPLE_ROLES:
        seen = kinds_of(Actor("x", role.value))
        assert sum(bool(seen & field) for field in SENSITIVE) <= 1, role


def test_taps_are_seen_as_at_the_points() -> None:
    for kind, points in POINTS.items():
        for role in PEOPLE_ROLES:
            full = points <= SIGHTS.get(role, NOTHING).full
            assert (role in SEES[kind]) == (full and may(Actor("x", role.value), Permission.HOLDERS_READ)), (kind, role)


def test_who_sees_something_may_open_the_page() -> None:
    for roles in SEES.values():
        assert all(may(Actor("x", role.value), Permission.HOLDERS_READ) for role in roles)


def test_what_care_and_clinic_write_on_the_trail_is_no_entry() -> None:
    assert kind_of_action("care.deed") is kind_of_action("clinic.recall") is None
    assert kind_of_action("holder.consent") is Kind.CONSENT
    assert kind_of_action("holder.add") is Kind.RECORD
    starts = list(ACTIONS)
    assert all(not later.startswith(earlier) for n, earlier in enumerate(starts) for later in starts[n + 1 :])
    assert Role.NURSE not in SEES[Kind.CONSENT]
