"""Signing in, step by step; one lockout for passwords and codes."""

import pytest
from sqlalchemy import Engine

from server.services import audit
from server.services.problems import Code, Problem
from server.services.users import passkeys, second_factor, sessions, signing_in, users
from server.services.users.sessions import BACKOFF_FIRST_MS, FREE_FAILURES
from server.services.users.signing_in import HALF_LIFE_MS, Half, Opened
from server.services.users.totp import STEP_S
from server.services.users.webauthn import Place
from tests.server.build import ADMIN, make_community
from tests.server.services.users.test_second_factor import Wang
from tests.server.soft_key import SoftKey

PLACE = Place("localhost", "http://localhost:8443")


@pytest.fixture
def wang(sqlite_engine: Engine) -> Wang:
    made = Wang(make_community(sqlite_engine))
    made.set_up()
    return made


def half(wang: Wang) -> str:
    passed = signing_in.by_password(wang.community.house, "wang", wang.password)
    assert isinstance(passed, Half)
    return passed.ticket


def second(wang: Wang, ticket: str, code: str) -> Opened:
    return signing_in.by_code(wang.community.house, ticket, code, "Firefox")


def refusal(wang: Wang, ticket: str, code: str) -> Code:
    with pytest.raises(Problem) as told:
        second(wang, ticket, code)
    return told.value.code


def with_passkey(wang: Wang, key: SoftKey) -> SoftKey:
    community = wang.community
    options = passkeys.ask_new(community.transactions, wang.keystore, PLACE, "b", wang.id)
    with community.transactions.work(ADMIN) as work:
        passkeys.add(work, wang.keystore, PLACE, "b", wang.id, "ring", key.create(options, PLACE.origin))
    return key


def signed(wang: Wang, key: SoftKey, user_id: str | None = None) -> str:
    wang.community.real[0] += 1
    options = passkeys.ask(wang.community.transactions, wang.keystore, PLACE, "b", user_id)
    return key.get(options, PLACE.origin)


def test_password_and_code_open_a_session_and_the_trail_says_by_what(wang: Wang) -> None:
    opened = second(wang, half(wang), wang.code())
    who = sessions.who(wang.community.transactions, opened.secret)
    assert who is not None
    assert who.name == "wang"
    with wang.community.transactions.read() as session:
        line = audit.trail(session, subject="user:wang", limit=1).items[0]
    assert (line.action, line.actor) == ("session.start", "user:wang")
    assert "password+app" in line.after


def test_one_code_opens_one_session(wang: Wang) -> None:
    code = wang.code()
    second(wang, half(wang), code)
    assert refusal(wang, half(wang), code) is Code.CODE_WRONG


def test_the_ticket_is_of_one_user_for_five_minutes_and_dies_with_the_password(wang: Wang) -> None:
    ticket = half(wang)
    until = ticket.split(".")[1]
    for wrong in (
        "",
        "x",
        "x.y.z",
        ticket[:-1] + ("0" if ticket[-1] != "0" else "1"),
        ticket.replace(wang.id, "x" * 26),
    ):
        assert refusal(wang, wrong, wang.code()) is Code.SIGN_IN_OLD
    assert refusal(wang, ticket.replace(until, str(int(until) + 1)), wang.code()) is Code.SIGN_IN_OLD
    wang.community.real[0] += HALF_LIFE_MS
    assert refusal(wang, ticket, wang.code()) is Code.SIGN_IN_OLD
    ticket = half(wang)
    with wang.community.transactions.work(ADMIN) as work:
        wang.password = users.reset_password(work, wang.community.house.passwords, "wang")
    assert refusal(wang, ticket, wang.code()) is Code.SIGN_IN_OLD


def test_whoever_knows_the_password_cannot_guess_codes_for_ever(wang: Wang) -> None:
    for _ in range(FREE_FAILURES):
        assert refusal(wang, half(wang), "000000") is Code.CODE_WRONG, "a right password between does not help"
    with pytest.raises(Problem) as told:
        half(wang)
    assert told.value.code is Code.LOCKED


def test_wrong_passwords_and_wrong_codes_count_together(wang: Wang) -> None:
    ticket = half(wang)
    for _ in range(FREE_FAILURES - 1):
        with pytest.raises(Problem):
            signing_in.by_password(wang.community.house, "wang", "wrong")
    assert refusal(wang, ticket, "000000") is Code.CODE_WRONG
    assert refusal(wang, ticket, wang.code()) is Code.LOCKED, "also with the right one"
    wang.community.real[0] += BACKOFF_FIRST_MS
    assert second(wang, ticket, wang.code())
    assert refusal(wang, half(wang), "000000") is Code.CODE_WRONG, "and it is counted from nothing again"


def test_a_passkey_alone_is_enough_even_while_somebody_plays_with_the_name(wang: Wang) -> None:
    key = with_passkey(wang, SoftKey())
    for _ in range(FREE_FAILURES):
        with pytest.raises(Problem):
            signing_in.by_password(wang.community.house, "wang", "wrong")
    opened = signing_in.by_passkey(wang.community.house, PLACE, "b", signed(wang, key))
    assert opened.user.name == "wang"
    with wang.community.transactions.read() as session:
        assert sessions.listing(session, wang.id, wang.community.real[0])[0].by == "passkey"


def test_a_passkey_as_the_second_step_is_the_users_own(wang: Wang) -> None:
    community = wang.community
    key = with_passkey(wang, SoftKey())
    opened = signing_in.by_passkey(community.house, PLACE, "b", signed(wang, key, wang.id), half(wang))
    assert opened.user.user_id == wang.id
    with community.transactions.read() as session:
        assert sessions.listing(session, wang.id, community.real[0])[0].by == "password+passkey"
    with pytest.raises(Problem) as told:
        signing_in.by_passkey(community.house, PLACE, "b", signed(wang, key), "no ticket")
    assert told.value.code is Code.SIGN_IN_OLD


def test_who_is_shut_out_has_no_way_in(wang: Wang) -> None:
    key, ticket = with_passkey(wang, SoftKey()), half(wang)
    with wang.community.transactions.work(ADMIN) as work:
        row = users.row_of(work.session, "wang")
        row.disabled = True
        work.session.add(row)
    with pytest.raises(Problem) as told:
        signing_in.by_passkey(wang.community.house, PLACE, "b", signed(wang, key))
    assert told.value.code is Code.PASSKEY_REFUSED
    assert refusal(wang, ticket, wang.code()) is Code.SIGN_IN_OLD


def test_confirming_oneself_counts_wrong_tries(wang: Wang) -> None:
    house = wang.community.house
    signing_in.confirm(house, wang.id, wang.password)
    for expected in [Code.PASSWORD_WRONG] * FREE_FAILURES + [Code.LOCKED]:
        with pytest.raises(Problem) as told:
            signing_in.confirm(house, wang.id, "wrong")
        assert told.value.code is expected


def test_a_new_session_after_the_password_was_changed(wang: Wang) -> None:
    assert signing_in.anew(wang.community.house, wang.id).user.name == "wang"


def test_codes_of_two_windows_at_once(wang: Wang) -> None:
    one, other, code = half(wang), half(wang), wang.code()
    second(wang, one, code)
    assert refusal(wang, other, code) is Code.CODE_WRONG
    wang.community.real[0] += STEP_S * 1000
    assert second(wang, other, wang.code())


def test_without_a_second_factor_the_password_is_enough(wang: Wang) -> None:
    with wang.community.transactions.work(ADMIN) as work:
        second_factor.remove_app(work, wang.id)
    assert isinstance(signing_in.by_password(wang.community.house, "wang", wang.password), Opened)
