"""Signing in by the provider: who connected, and nobody else."""

from dataclasses import replace

import pytest

from card_protocol.errors import EquipmentFault
from server.services.house import House
from server.services.oidc import links, sign_in
from server.services.problems import Code, Problem
from server.services.roles import Role
from server.services.users import second_factor, sessions, signing_in, users
from server.services.users.signing_in import HALF_LIFE_MS, Half, Opened
from server.services.users.users import UserIn
from tests.server.build import ADMIN, COMMUNITY, Community

BACK = "https://onecard.example/login/provider/back"


class City:
    """A provider that believes everybody; what it was asked for is kept."""

    issuer = "https://id.example"

    def __init__(self) -> None:
        self.asked: dict[str, str] = {}
        self.away = False

    def address(self, back: str, state: str, nonce: str, verifier: str) -> str:
        if self.away:
            raise EquipmentFault("away")
        self.asked = {"back": back, "state": state, "nonce": nonce, "verifier": verifier}
        return f"https://id.example/a?state={state}"

    def subject(self, code: str, back: str, nonce: str, verifier: str, now_s: int) -> str:
        assert (self.asked["back"], self.asked["nonce"], self.asked["verifier"]) == (back, nonce, verifier)
        return code


@pytest.fixture
def house(community: Community) -> House:
    return replace(community.house, provider=City())


@pytest.fixture
def wang(house: House) -> str:
    with house.transactions.work(ADMIN) as work:
        return users.add(work, house.passwords, UserIn(name="wang", role="guard", org=COMMUNITY))[0].id


def go(house: House, subject: str, *, connect: str = "", onwards: str = "/live"):
    begun = sign_in.begin(house, BACK, onwards, connect=connect)
    return sign_in.finish(house, begun.cookie, house.provider.asked["state"], subject, BACK, user=connect)


def refused(code: Code, house: House, subject: str, **more: str) -> None:
    with pytest.raises(Problem) as told:
        go(house, subject, **more)
    assert told.value.code is code


def test_who_connected_comes_in_and_nobody_by_a_name_alone(house: House, wang: str) -> None:
    refused(Code.OIDC_UNKNOWN, house, "wang")
    assert go(house, "77", connect=wang, onwards="/account") == (None, "/account")
    opened, onwards = go(house, "77")
    assert isinstance(opened, Opened)
    assert (opened.user.name, onwards) == ("wang", "/live")
    with house.transactions.work(ADMIN) as work:
        users.change(work, "wang", role=Role.GUARD, disabled=True)
    refused(Code.OIDC_UNKNOWN, house, "77")


def test_a_second_factor_here_is_asked_for_here(community: Community, house: House, wang: str) -> None:
    go(house, "77", connect=wang)
    with house.transactions.work(ADMIN) as work:
        secret = second_factor.begin_app(work, house.keystore, wang)
        import pyotp

        from server.services.users import totp

        code = pyotp.TOTP(totp.secret_text(secret)).at(work.real_ms // 1000)
        second_factor.confirm_app(work, house.keystore, wang, code)
    half, _ = go(house, "77")
    assert isinstance(half, Half)
    community.real[0] += 60_000
    opened = signing_in.by_code(house, half.ticket, pyotp.TOTP(totp.secret_text(secret)).at(community.real[0] // 1000))
    with house.transactions.read() as session:
        (browser,) = sessions.listing(session, wang, community.real[0])
    assert (opened.user.name, browser.by) == ("wang", "oidc+app")
    with pytest.raises(Problem):  # the ticket says by what; nobody writes another word into it
        signing_in.owner(house, half.ticket.replace(".oidc.", ".password."))


def test_one_account_there_is_one_user_here(house: House, wang: str) -> None:
    with house.transactions.work(ADMIN) as work:
        li = users.add(work, house.passwords, UserIn(name="li", role="guard", org=COMMUNITY))[0].id
    go(house, "77", connect=wang)
    refused(Code.EXISTS, house, "77", connect=li)
    go(house, "78", connect=wang)
    refused(Code.OIDC_UNKNOWN, house, "77")
    with house.transactions.work(ADMIN) as work:
        links.disconnect(work, wang)
    refused(Code.OIDC_UNKNOWN, house, "78")


def test_only_the_session_that_began_to_connect_ends_it(house: House, wang: str) -> None:
    """A shared computer: somebody signs out in the middle, and whoever comes next signs in at the provider."""
    with house.transactions.work(ADMIN) as work:
        li = users.add(work, house.passwords, UserIn(name="li", role="guard", org=COMMUNITY))[0].id
    begun = sign_in.begin(house, BACK, "/account", connect=wang)
    for here in ("", li):
        with pytest.raises(Problem) as told:
            sign_in.finish(house, begun.cookie, house.provider.asked["state"], "li-there", BACK, user=here)
        assert told.value.code is Code.SIGN_IN_OLD
    refused(Code.OIDC_UNKNOWN, house, "li-there")


def test_who_turns_back_at_the_provider_is_told_so_and_the_provider_is_not_asked(house: House, wang: str) -> None:
    refused(Code.OIDC_TURNED_BACK, house, "")
    refused(Code.OIDC_TURNED_BACK, house, "", connect=wang)


def test_a_password_that_is_reset_takes_along_what_it_connected(house: House, wang: str) -> None:
    """Whoever knew the old password may have connected an account of their own."""
    go(house, "77", connect=wang)
    with house.transactions.work(ADMIN) as work:
        users.reset_password(work, house.passwords, "wang")
    refused(Code.OIDC_UNKNOWN, house, "77")


def test_a_lockout_by_guessed_passwords_does_not_stop_the_providers_word(house: House, wang: str) -> None:
    go(house, "77", connect=wang)
    for _ in range(sessions.FREE_FAILURES):
        sessions.count_failure(house.transactions, wang)
    assert isinstance(go(house, "77")[0], Opened)


def test_a_way_back_that_is_not_of_this_browser_and_of_now_leads_nowhere(community: Community, house: House) -> None:
    begun = sign_in.begin(house, BACK, "/")
    state = house.provider.asked["state"]
    for cookie, said in (
        (begun.cookie, "x"),
        (begun.cookie, ""),
        ("", state),
        ("AAAA", state),
        (begun.cookie[:-8], state),
    ):
        with pytest.raises(Problem) as told:
            sign_in.finish(house, cookie, said, "77", BACK)
        assert told.value.code is Code.SIGN_IN_OLD
    community.real[0] += HALF_LIFE_MS
    with pytest.raises(Problem) as told:
        sign_in.finish(house, begun.cookie, state, "77", BACK)
    assert told.value.code is Code.SIGN_IN_OLD


def test_without_a_provider_and_with_one_that_is_away(community: Community, house: House) -> None:
    with pytest.raises(Problem) as told:
        sign_in.begin(community.house, BACK, "/")
    assert told.value.code is Code.NOT_FOUND
    house.provider.away = True
    with pytest.raises(Problem) as told:
        sign_in.begin(house, BACK, "/")
    assert told.value.code is Code.OIDC_AWAY
