"""Who may do what."""

import pytest

from server.services.problems import Code, Problem
from server.services.roles import ALLOWED, Permission, Role, may, require
from server.services.work import SYSTEM, Actor


def test_every_role_is_in_the_table() -> None:
    assert set(ALLOWED) == set(Role)


def test_a_guard_revokes_and_does_not_issue() -> None:
    guard = Actor("user:g", Role.GUARD.value)
    assert may(guard, Permission.CARDS_REVOKE)
    assert not may(guard, Permission.CARDS_ISSUE)
    assert not may(guard, Permission.USERS_WRITE)


def test_a_desk_relays_and_nothing_else() -> None:
    assert ALLOWED[Role.DESK] == {Permission.DESK_RELAY}
    assert not any(Permission.DESK_RELAY in ALLOWED[role] for role in (Role.ADMIN, Role.GUARD))


def test_an_unknown_role_may_nothing() -> None:
    assert not any(may(Actor("x", "emperor"), permission) for permission in Permission)


def test_what_is_not_allowed_is_a_problem() -> None:
    require(SYSTEM, Permission.USERS_WRITE)
    with pytest.raises(Problem) as told:
        require(Actor("user:g", Role.GUARD.value), Permission.USERS_WRITE)
    assert told.value.code is Code.FORBIDDEN
