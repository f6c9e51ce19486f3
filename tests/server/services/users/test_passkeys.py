"""Passkeys, with an authenticator in memory at the other end."""

import json

import pytest
from sqlalchemy import Engine

from server.services.problems import Code, Problem
from server.services.users import passkeys, second_factor
from server.services.users.challenges import LIFE_MS
from server.services.users.passkeys import PASSKEYS_MAX
from server.services.users.recovery_codes import CODES
from server.services.users.webauthn import Place
from tests.server.build import ADMIN, Community, make_community
from tests.server.services.users.test_second_factor import Wang
from tests.server.soft_key import SoftKey, from_b64

HERE = Place("onecard.example", "https://onecard.example:8443")
FALSE = Place("onecard.example.evil.example", "https://onecard.example.evil.example")


class Desk:
    """A user at a browser with an authenticator."""

    def __init__(self, community: Community, key: SoftKey) -> None:
        self.community, self.key, self.user = community, key, Wang(community)
        self.keystore, self.transactions = community.house.keystore, community.transactions

    def asked_new(self, browser: str = "b", place: Place = HERE) -> dict:
        return dict(passkeys.ask_new(self.transactions, self.keystore, place, browser, self.user.id))

    def adds(self, answer: str, browser: str = "b", place: Place = HERE, name: str = "my telephone") -> list[str]:
        with self.transactions.work(ADMIN) as work:
            return passkeys.add(work, self.keystore, place, browser, self.user.id, name, answer)

    def set_up(self) -> list[str]:
        return self.adds(self.key.create(self.asked_new(), HERE.origin))

    def asked(self, browser: str = "b", place: Place = HERE, user_id: str | None = None) -> dict:
        self.community.real[0] += 1
        return dict(passkeys.ask(self.transactions, self.keystore, place, browser, user_id))

    def shows(self, answer: str, browser: str = "b", place: Place = HERE) -> str:
        with self.transactions.work(ADMIN) as work:
            return passkeys.check(work, self.keystore, place, browser, answer).name

    def refused(self, answer: str, browser: str = "b", place: Place = HERE) -> None:
        with pytest.raises(Problem) as told:
            self.shows(answer, browser, place)
        assert told.value.code is Code.PASSKEY_REFUSED


@pytest.fixture(params=[True, False], ids=["counts", "never counts"])
def desk(sqlite_engine: Engine, request: pytest.FixtureRequest) -> Desk:
    return Desk(make_community(sqlite_engine), SoftKey(counts=request.param))


def test_made_kept_and_shown(desk: Desk) -> None:
    options = desk.asked_new()
    assert options["rp"] == {"name": "onecard", "id": "onecard.example"}
    assert from_b64(options["user"]["id"]).decode() == desk.user.id
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    json.dumps(options)
    assert len(desk.adds(desk.key.create(options, HERE.origin))) == CODES
    assert desk.user.has.on
    assert desk.user.has.passkeys[0].name == "my telephone"
    for _ in range(2):
        assert desk.shows(desk.key.get(desk.asked(), HERE.origin)) == "wang"
    named = desk.asked(user_id=desk.user.id)
    assert [from_b64(one["id"]) for one in named["allowCredentials"]] == [desk.key.credential_id]
    assert [from_b64(one["id"]) for one in desk.asked_new()["excludeCredentials"]] == [desk.key.credential_id]


def test_an_answer_counts_once(desk: Desk) -> None:
    desk.set_up()
    old, new = (desk.key.get(desk.asked(), HERE.origin) for _ in range(2))
    desk.shows(new)
    desk.refused(new)
    desk.refused(old)


def test_an_answer_is_for_one_browser_and_five_minutes(desk: Desk) -> None:
    desk.set_up()
    desk.refused(desk.key.get(desk.asked(browser="another"), HERE.origin))
    answer = desk.key.get(desk.asked(), HERE.origin)
    desk.community.real[0] += LIFE_MS
    desk.refused(answer)


def test_what_is_made_on_a_false_page_is_of_no_use_here(desk: Desk) -> None:
    desk.set_up()
    desk.refused(desk.key.get(desk.asked(), FALSE.origin))
    desk.refused(desk.key.get(desk.asked(), "http://onecard.example:8443"))
    desk.refused(desk.key.get(desk.asked(), HERE.origin, rp_id=FALSE.rp_id))
    desk.refused(desk.key.get(desk.asked(place=FALSE), FALSE.origin), place=FALSE)
    desk.refused(desk.key.get(desk.asked(), HERE.origin, kind="webauthn.create"))


def test_a_touch_without_finger_or_pin_is_not_enough(desk: Desk) -> None:
    desk.set_up()
    desk.key.flags = 0x01
    desk.refused(desk.key.get(desk.asked(), HERE.origin))
    desk.key.flags = 0x04
    desk.refused(desk.key.get(desk.asked(), HERE.origin))


def test_another_key_under_the_same_name_is_refused(desk: Desk) -> None:
    desk.set_up()
    answer = json.loads(SoftKey(seed=2).get(desk.asked(), HERE.origin))
    desk.refused(json.dumps(answer))
    mine = json.loads(desk.key.get(desk.asked(), HERE.origin))
    desk.refused(json.dumps(answer | {"id": mine["id"], "rawId": mine["rawId"]}))


def test_a_copied_key_gives_itself_away_by_its_counter(desk: Desk) -> None:
    desk.set_up()
    if desk.key.counts:
        desk.shows(desk.key.get(desk.asked(), HERE.origin))
        desk.key.count = 0
        desk.refused(desk.key.get(desk.asked(), HERE.origin))


@pytest.mark.parametrize("name", ["", "  ", "a\x00b"])
def test_it_has_a_name(desk: Desk, name: str) -> None:
    answer = desk.key.create(desk.asked_new(), HERE.origin)
    with pytest.raises(Problem) as told:
        desk.adds(answer, name=name)
    assert told.value.code is Code.INVALID


def test_making_is_judged_as_strictly_as_showing(desk: Desk) -> None:
    good = desk.key.create(desk.asked_new(), HERE.origin)
    for answer, browser, place in (
        (desk.key.create(desk.asked_new(), FALSE.origin), "b", HERE),
        (desk.key.create(desk.asked_new(), HERE.origin, kind="webauthn.get"), "b", HERE),
        (good, "another", HERE),
        (good, "b", FALSE),
        ("", "b", HERE),
        ("{}", "b", HERE),
    ):
        with pytest.raises(Problem) as told:
            desk.adds(answer, browser, place)
        assert told.value.code is Code.PASSKEY_REFUSED
    desk.adds(good)
    with pytest.raises(Problem) as told:
        desk.adds(desk.key.create(desk.asked_new(), HERE.origin))
    assert told.value.code is Code.PASSKEY_REFUSED, "it is known already"


def test_removed_by_its_owner_alone_and_the_codes_with_the_last(desk: Desk) -> None:
    desk.set_up()
    passkey = desk.user.has.passkeys[0]
    with pytest.raises(Problem) as told, desk.transactions.work(ADMIN) as work:
        passkeys.remove(work, "somebody else", passkey.id)
    assert told.value.code is Code.NOT_FOUND
    answer = desk.key.get(desk.asked(), HERE.origin)
    with desk.transactions.work(ADMIN) as work:
        passkeys.remove(work, desk.user.id, passkey.id)
    desk.refused(answer)
    assert desk.user.has.codes_left == 0


def test_there_are_not_too_many(desk: Desk) -> None:
    for seed in range(PASSKEYS_MAX):
        desk.adds(SoftKey(seed=seed + 10).create(desk.asked_new(), HERE.origin))
    with pytest.raises(Problem) as told:
        desk.set_up()
    assert told.value.code is Code.TOO_MANY
    with desk.transactions.read() as session:
        assert len(second_factor.state(session, desk.user.id).passkeys) == PASSKEYS_MAX
