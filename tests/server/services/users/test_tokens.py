"""Tokens of programs."""

import pytest
from sqlmodel import select

from server.services.problems import Code, Problem
from server.services.roles import Permission, Role, may
from server.services.units import org
from server.services.units.org import OrgUnitIn
from server.services.users import tokens
from server.tables import TokenRow
from tests.server.build import ADMIN, Community


def test_a_token_is_its_name_and_role(community: Community) -> None:
    actor = tokens.who(community.transactions, community.token(Role.DESK, "desk-1"))
    assert actor is not None
    assert (actor.name, actor.role) == ("desk:desk-1", "desk")
    script = tokens.who(community.transactions, community.token(Role.ADMIN, "script"))
    assert script is not None
    assert script.name == "token:script"


def test_what_is_no_token_is_nobody(community: Community) -> None:
    for nonsense in ("", "oc_", "oc_" + "0" * 64, "0" * 64):
        assert tokens.who(community.transactions, nonsense) is None


def test_a_new_token_of_a_name_ends_the_old_one(community: Community) -> None:
    old, new = community.token(Role.DESK, "desk-1"), community.token(Role.DESK, "desk-1")
    assert tokens.who(community.transactions, old) is None
    assert tokens.who(community.transactions, new) is not None


def test_a_token_expires_and_can_be_revoked(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        _, secret = tokens.add(work, "short", Role.GUARD, expires_ms=work.real_ms + 1000)
    assert tokens.who(community.transactions, secret) is not None
    community.real[0] += 1000
    assert tokens.who(community.transactions, secret) is None
    other = community.token(Role.GUARD)
    with community.transactions.work(ADMIN) as work:
        tokens.revoke(work, "guard")
    assert tokens.who(community.transactions, other) is None


def test_secrets_are_not_stored_or_listed(community: Community) -> None:
    secret = community.token(Role.GUARD)
    with community.transactions.read() as session:
        rows = session.exec(select(TokenRow)).all()
        assert secret not in str(rows)
        assert [view.name for view in tokens.listing(session)] == ["guard"]


@pytest.mark.parametrize(("name", "role"), [("Bad Name", Role.GUARD), ("root", Role.SYSTEM)])
def test_what_cannot_be_is_a_problem(community: Community, name: str, role: Role) -> None:
    with community.transactions.work(ADMIN) as work, pytest.raises(Problem) as told:
        tokens.add(work, name, role)
    assert told.value.code is Code.INVALID


def test_revoking_nothing_is_a_problem(community: Community) -> None:
    with community.transactions.work(ADMIN) as work, pytest.raises(Problem) as told:
        tokens.revoke(work, "nobody")
    assert told.value.code is Code.NOT_FOUND


def test_a_token_does_what_its_scopes_and_its_unit_allow(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        org.add(work, OrgUnitIn(code="330105000000", name_zh="拱墅区"))
        org.add(work, OrgUnitIn(code="330106000000", name_zh="西湖区"))
        _, here = tokens.add(work, "here", Role.GUARD, org="330105000000", scopes=[Permission.CARDS_READ])
        _, elsewhere = tokens.add(work, "elsewhere", Role.GUARD, org="330106000000")
    actor, other = (tokens.who(community.transactions, secret) for secret in (here, elsewhere))
    assert actor is not None
    assert other is not None
    assert (may(actor, Permission.CARDS_READ), may(actor, Permission.HOLDERS_READ)) == (True, False)
    assert tokens.in_reach(actor, community.house.community)
    assert not tokens.in_reach(other, community.house.community)


@pytest.mark.parametrize("asked", [{"scopes": []}, {"scopes": [Permission.AUDIT_READ]}, {"org": "330199000000"}])
def test_what_a_role_does_not_have_no_token_has(community: Community, asked: dict) -> None:
    with community.transactions.work(ADMIN) as work, pytest.raises(Problem) as told:
        tokens.add(work, "script", Role.GUARD, **asked)
    assert told.value.fields
