"""The second step of the sign-in, as a browser meets it."""

import pytest
from pyotp import TOTP

from server.pages.users.second_step import HALF_COOKIE
from server.services.roles import Role
from server.services.users import passkeys, second_factor, users
from server.services.users.recovery_codes import CODES
from server.services.users.sessions import FREE_FAILURES
from server.services.users.totp import STEP_S, secret_text
from server.services.users.webauthn import Place
from tests.server.build import ADMIN
from tests.server.pages.conftest import OWN_PASSWORD, words_of
from tests.server.soft_key import SoftKey

ORIGIN = "http://localhost"
HERE = {"host": "localhost"}


class Person:
    """A guard with a second factor."""

    def __init__(self, house):
        self.house = house
        house.signed_in(Role.GUARD)
        with house.transactions.read() as session:
            self.id = users.row_of(session, "guard").id
        self.secret, self.codes = b"", []

    def app(self):
        keystore = self.house.community.house.keystore
        with self.house.transactions.work(ADMIN) as work:
            self.secret = second_factor.begin_app(work, keystore, self.id)
        with self.house.transactions.work(ADMIN) as work:
            self.codes = second_factor.confirm_app(work, keystore, self.id, self.code())
        self.house.community.real[0] += STEP_S * 1000
        return self

    def passkey(self):
        key, inside = SoftKey(), self.house.community.house
        place = Place("localhost", ORIGIN)
        options = passkeys.ask_new(self.house.transactions, inside.keystore, place, "b", self.id)
        with self.house.transactions.work(ADMIN) as work:
            answer = key.create(dict(options), ORIGIN)
            self.codes = passkeys.add(work, inside.keystore, place, "b", self.id, "ring", answer) or self.codes
        return key

    def code(self):
        return TOTP(secret_text(self.secret)).at(self.house.community.real[0] // 1000)

    def gives_password(self, browser, **fields):
        return browser.post("/login", name="guard", password=OWN_PASSWORD, **fields)


@pytest.fixture
def person(house):
    return Person(house)


def test_the_password_leads_to_the_second_step_and_that_to_where_one_wanted_to_go(house, person):
    person.app()
    browser = house.browser()
    answer = person.gives_password(browser, back="/cards?q=3&state=lost")
    assert answer.headers["location"] == "/login/second?back=/cards%3Fq%3D3%26state%3Dlost"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "onecard_session" not in cookie
    assert browser.get("/live").status_code == 303, "half a sign-in opens nothing"
    page = words_of(browser.get(answer.headers["location"]))
    assert "Code from your authenticator app" in page
    done = browser.post("/login/second", code=person.code(), back="/cards?q=3&state=lost")
    assert done.headers["location"] == "/cards?q=3&state=lost"
    assert browser.get("/cards").status_code == 200
    assert HALF_COOKIE not in browser.cookies


def test_a_wrong_code_is_a_sentence_and_a_recovery_code_is_a_way(house, person):
    person.app()
    browser = house.browser()
    person.gives_password(browser)
    wrong = browser.post("/login/second", code="000000")
    assert wrong.status_code == 401
    assert "wrong, too old, or was used already" in words_of(wrong)
    assert browser.post("/login/second", code=person.codes[0]).headers["location"] == "/live"


def test_without_a_password_there_is_no_second_step(house, person):
    person.app()
    browser = house.browser()
    assert browser.get("/login/second").headers["location"] == "/login"
    answer = browser.post("/login/second", code=person.code())
    assert "That took too long" in words_of(answer)
    browser.cookies.set(HALF_COOKIE, "nonsense")
    assert browser.get("/login/second").headers["location"] == "/login"


def test_too_many_codes_lead_back_to_the_beginning(house, person):
    person.app()
    browser = house.browser()
    person.gives_password(browser)
    for _ in range(FREE_FAILURES):
        browser.post("/login/second", code="000000")
    answer = browser.post("/login/second", code=person.code())
    assert answer.status_code == 429
    assert "Too many wrong passwords or codes" in words_of(answer)
    assert 'name="password"' in answer.text


def test_a_passkey_alone(house, person):
    key, browser = person.passkey(), house.browser(**HERE)
    assert "Sign in with a passkey" in words_of(browser.get("/login"))
    house.community.real[0] += 1
    options = browser.get("/login/passkey").json()
    assert "allowCredentials" not in options or not options["allowCredentials"]
    done = browser.post("/login/passkey", answer=key.get(options, ORIGIN), back="/cards")
    assert done.headers["location"] == "/cards"
    assert browser.get("/live").status_code == 200


def test_a_passkey_as_the_second_step(house, person):
    key, browser = person.passkey(), house.browser(**HERE)
    person.gives_password(browser)
    page = words_of(browser.get("/login/second"))
    assert "Use a passkey" in page
    assert "Recovery code" in page
    house.community.real[0] += 1
    options = browser.get("/login/passkey").json()
    assert len(options["allowCredentials"]) == 1
    wrong = browser.post("/login/passkey", answer="{}", step="second")
    assert "This passkey was not accepted." in words_of(wrong)
    assert 'name="code"' in wrong.text
    assert browser.post("/login/passkey", answer=key.get(options, ORIGIN), step="second").status_code == 303
    assert len(person.codes) == CODES


def test_a_passkey_of_another_browser_or_none_at_all(house, person):
    key, browser, other = person.passkey(), house.browser(**HERE), house.browser(**HERE)
    browser.get("/login")
    other.get("/login")
    answer = key.get(other.get("/login/passkey").json(), ORIGIN)
    for wrong in (answer, "", "{}"):
        told = browser.post("/login/passkey", answer=wrong)
        assert told.status_code == 401
        assert "This passkey was not accepted." in words_of(told)


def test_at_an_address_in_numbers_there_are_no_passkeys(house):
    browser = house.browser(host="127.0.0.1:8443")
    assert "Sign in with a passkey" not in words_of(browser.get("/login"))
    answer = browser.get("/login/passkey")
    assert answer.status_code == 409
    assert "under a name with HTTPS" in answer.json()["problem"]
    assert browser.post("/login/passkey", answer="{}").status_code == 401
