"""Sessions: lifetimes, lockout, and what is stored."""

import pytest
from sqlmodel import select

from server.services.problems import Code, Problem
from server.services.roles import Role
from server.services.users import sessions, signing_in, users
from server.services.users.sessions import (
    AGENT_MAX_CHARS,
    BACKOFF_FIRST_MS,
    BACKOFF_MAX_MS,
    FREE_FAILURES,
    IDLE_MS,
    LIFE_MS,
)
from server.services.users.signing_in import Opened
from server.services.users.users import UserIn
from server.tables import SessionRow
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, Community


@pytest.fixture
def password(community: Community) -> str:
    with community.transactions.work(ADMIN) as work:
        return users.add(work, community.house.passwords, UserIn(name="wang", role=Role.GUARD, org=COMMUNITY))[1]


def sign_in(community: Community, password: str, name: str = "wang") -> str:
    opened = signing_in.by_password(community.house, name, password, "Firefox/1\n" * 100)
    assert isinstance(opened, Opened)
    return opened.secret


def code_of(community: Community, password: str, name: str = "wang") -> Code:
    with pytest.raises(Problem) as told:
        sign_in(community, password, name)
    return told.value.code


def test_a_cookie_is_somebody(community: Community, password: str) -> None:
    who = sessions.who(community.transactions, sign_in(community, password))
    assert who is not None
    assert (who.name, who.role) == ("wang", Role.GUARD)
    assert who.actor().name == "user:wang"
    for nonsense in ("", "x", "0" * 64):
        assert sessions.who(community.transactions, nonsense) is None


def test_the_secret_itself_is_not_stored(community: Community, password: str) -> None:
    secret = sign_in(community, password)
    with community.transactions.read() as session:
        (row,) = session.exec(select(SessionRow))
    assert secret not in str(row)


def test_a_session_that_is_not_used_ends(community: Community, password: str) -> None:
    secret = sign_in(community, password)
    community.real[0] += IDLE_MS - 1
    assert sessions.who(community.transactions, secret) is not None
    community.real[0] += IDLE_MS - 1
    assert sessions.who(community.transactions, secret) is not None, "it was used in between"
    community.real[0] += IDLE_MS
    assert sessions.who(community.transactions, secret) is None


def test_no_session_lives_longer_than_a_day(community: Community, password: str) -> None:
    secret = sign_in(community, password)
    for _ in range(LIFE_MS // (IDLE_MS // 2) - 1):
        community.real[0] += IDLE_MS // 2
        assert sessions.who(community.transactions, secret) is not None
    community.real[0] += IDLE_MS // 2
    assert sessions.who(community.transactions, secret) is None


def test_a_played_day_ends_no_session(community: Community, password: str) -> None:
    secret = sign_in(community, password)
    community.now[0] += 10 * LIFE_MS
    assert sessions.who(community.transactions, secret) is not None


def test_signing_out_ends_one_session(community: Community, password: str) -> None:
    one, other = sign_in(community, password), sign_in(community, password)
    sessions.sign_out(community.transactions, one)
    sessions.sign_out(community.transactions, "nonsense")
    assert sessions.who(community.transactions, one) is None
    assert sessions.who(community.transactions, other) is not None
    with community.transactions.read() as session:
        found = users.row_of(session, "wang")
        assert len(sessions.listing(session, found.id, NOW_MS)) == 1


def test_ones_own_sessions_are_listed_and_ended_one_by_one_or_all_others(community: Community, password: str) -> None:
    first = sign_in(community, password)
    community.real[0] += 1
    second, here = sign_in(community, password), sign_in(community, password)
    user_id = sessions.who(community.transactions, here).user_id  # type: ignore[union-attr]
    with community.transactions.read() as session:
        found = sessions.listing(session, user_id, community.real[0])
    assert {one.key for one in found} == {sessions.key_of(secret) for secret in (first, second, here)}
    assert found[-1].key == sessions.key_of(first), "used longest ago"
    assert {one.by for one in found} == {"password"}
    assert found[0].agent == ("Firefox/1" * 100)[:AGENT_MAX_CHARS], "no line breaks, and bounded"
    with community.transactions.work(ADMIN) as work:
        sessions.end_one(work, "somebody else", sessions.key_of(first))
        sessions.end_one(work, user_id, sessions.key_of(second))
    assert [sessions.who(community.transactions, one) is None for one in (first, second, here)] == [False, True, False]
    with community.transactions.work(ADMIN) as work:
        assert sessions.end_others(work, user_id, here) == 1
    assert [sessions.who(community.transactions, one) is None for one in (first, second, here)] == [True, True, False]


def test_sessions_that_are_over_are_not_listed(community: Community, password: str) -> None:
    user_id = sessions.who(community.transactions, sign_in(community, password)).user_id  # type: ignore[union-attr]
    with community.transactions.read() as session:
        assert sessions.listing(session, user_id, NOW_MS + IDLE_MS) == []


def test_a_disabled_user_is_nobody(community: Community, password: str) -> None:
    secret = sign_in(community, password)
    with community.transactions.work(ADMIN) as work:
        row = users.row_of(work.session, "wang")
        row.disabled = True
        work.session.add(row)
    assert sessions.who(community.transactions, secret) is None
    assert code_of(community, password) is Code.PASSWORD_WRONG


def test_wrong_passwords_lock_for_longer_and_longer(community: Community, password: str) -> None:
    for _ in range(FREE_FAILURES):
        assert code_of(community, "wrong") is Code.PASSWORD_WRONG
    assert code_of(community, password) is Code.LOCKED, "also with the right one"
    community.real[0] += BACKOFF_FIRST_MS
    assert code_of(community, "wrong") is Code.PASSWORD_WRONG
    community.real[0] += BACKOFF_FIRST_MS
    assert code_of(community, password) is Code.LOCKED, "the second wait is twice the first"
    community.real[0] += BACKOFF_FIRST_MS
    sign_in(community, password)
    assert code_of(community, "wrong") is Code.PASSWORD_WRONG
    sign_in(community, password)


def test_the_wait_is_bounded(community: Community, password: str) -> None:
    for _ in range(FREE_FAILURES + 20):
        assert code_of(community, "wrong") is Code.PASSWORD_WRONG
        community.real[0] += BACKOFF_MAX_MS
    sign_in(community, password)


def test_an_unknown_name_is_told_the_same_as_a_wrong_password(community: Community, password: str) -> None:
    for _ in range(FREE_FAILURES + 1):
        assert code_of(community, password, "nobody") is Code.PASSWORD_WRONG
