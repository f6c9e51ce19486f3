"""One's own second factors: set up, used, removed; each with the present password."""

import re

import pytest
from pyotp import TOTP

from server.services.roles import Role
from server.services.users.recovery_codes import CODES
from server.services.users.sessions import FREE_FAILURES
from server.services.users.totp import STEP_S
from tests.server.pages.conftest import OWN_PASSWORD, words_of
from tests.server.soft_key import SoftKey

ORIGIN = "http://localhost"
SPELT = re.compile(r'id="spelt">([A-Z2-7 ]+)<')
CODES_SHOWN = re.compile(r"<li>([a-z0-9-]{19})</li>")


def code_of(house, page):
    return TOTP(SPELT.search(page.text)[1].replace(" ", "")).at(house.community.real[0] // 1000)


def set_up(house, browser):
    shown = browser.post("/account/app", password=OWN_PASSWORD)
    return CODES_SHOWN.findall(browser.post("/account/app/confirm", code=code_of(house, shown)).text)


def test_an_app_is_set_up_by_a_qr_code_and_its_first_code(house):
    browser = house.signed_in(Role.GUARD)
    assert "Off: whoever has your password is you" in words_of(browser.get("/account"))
    shown = browser.post("/account/app", password=OWN_PASSWORD)
    assert 'src="data:image/png;base64,' in shown.text
    wrong = browser.post("/account/app/confirm", code="000000")
    assert "not the code that the app shows now" in words_of(wrong)
    assert SPELT.search(wrong.text)[1] == SPELT.search(shown.text)[1], "the same secret: it was scanned already"
    done = browser.post("/account/app/confirm", code=code_of(house, shown))
    assert len(CODES_SHOWN.findall(done.text)) == CODES
    page = browser.get("/account")
    assert "On: the password alone is not enough" in words_of(page)
    assert not CODES_SHOWN.findall(page.text), "shown once"
    assert browser.post("/account/app/confirm", code="000000").headers["location"] == "/account"


@pytest.mark.parametrize("path", ["/account/app", "/account/app/remove", "/account/codes"])
def test_the_present_password_is_asked_for_and_guesses_count(house, path):
    browser = house.signed_in(Role.GUARD)
    set_up(house, browser)
    for _ in range(FREE_FAILURES):
        answer = browser.post(path, password="wrong")
        assert answer.status_code == 401
        assert "present password is wrong" in words_of(answer)
    answer = browser.post(path, password=OWN_PASSWORD)
    assert answer.status_code == 429
    assert "Too many wrong passwords or codes" in words_of(answer)


def test_removed_again_and_fresh_codes(house):
    browser = house.signed_in(Role.GUARD)
    old = set_up(house, browser)
    fresh = CODES_SHOWN.findall(browser.post("/account/codes", password=OWN_PASSWORD).text)
    assert len(fresh) == CODES
    assert not set(old) & set(fresh)
    assert browser.post("/account/app", password=OWN_PASSWORD).status_code == 409
    assert browser.post("/account/app/remove", password=OWN_PASSWORD).headers["location"] == "/account"
    assert "Off: whoever has your password is you" in words_of(browser.get("/account"))
    assert browser.post("/account/codes", password=OWN_PASSWORD).status_code == 409


def test_a_passkey_is_added_used_and_removed(house):
    browser, key = house.signed_in(Role.GUARD, host="localhost"), SoftKey()
    options = browser.get("/account/passkeys/_options").json()
    answer = key.create(options, ORIGIN)
    wrong = browser.post("/account/passkeys/_new", name="", password=OWN_PASSWORD, answer=answer)
    assert "needs a name" in words_of(wrong)
    wrong = browser.post("/account/passkeys/_new", name="ring", password="wrong", answer=answer)
    assert "present password is wrong" in words_of(wrong)
    wrong = browser.post("/account/passkeys/_new", name="ring", password=OWN_PASSWORD, answer="")
    assert "not accepted" in words_of(wrong)
    done = browser.post("/account/passkeys/_new", name="my <ring>", password=OWN_PASSWORD, answer=answer)
    assert len(CODES_SHOWN.findall(done.text)) == CODES
    page = browser.get("/account").text
    assert "my &lt;ring&gt;" in page
    passkey_id = re.search(r"/account/passkeys/([0-9a-f]{64})/remove", page)[1]
    house.community.real[0] += 1
    other = house.browser(host="localhost")
    other.get("/login")
    signed = other.post("/login/passkey", answer=key.get(other.get("/login/passkey").json(), ORIGIN))
    assert signed.headers["location"] == "/live"
    assert "Passkey" in words_of(other.get("/account"))
    assert browser.post(f"/account/passkeys/{passkey_id}/remove", password="wrong").status_code == 401
    assert browser.post(f"/account/passkeys/{passkey_id}/remove", password=OWN_PASSWORD).status_code == 303
    assert browser.post(f"/account/passkeys/{passkey_id}/remove", password=OWN_PASSWORD).status_code == 404


def test_at_an_address_in_numbers_the_page_says_what_is_missing(house):
    browser = house.signed_in(Role.GUARD, host="127.0.0.1:8443")
    assert "under a name with HTTPS" in words_of(browser.get("/account"))
    assert browser.get("/account/passkeys/_options").status_code == 409
    answer = browser.post("/account/passkeys/_new", name="ring", password=OWN_PASSWORD, answer="{}")
    assert answer.status_code == 401


def test_nobody_else_and_nobody_with_a_one_time_password_comes_here(house):
    one_time = house.add_user("chen", Role.ADMIN)
    browser = house.browser()
    assert browser.get("/account").headers["location"].startswith("/login")
    browser.post("/login", name="chen", password=one_time)
    for path in ("/account", "/account/app", "/account/passkeys/_new", "/account/passkeys/_options"):
        assert browser.get(path).headers["location"] == "/account/password"
    assert browser.post("/account/app", password=one_time).headers["location"] == "/account/password"


def test_a_code_of_the_app_signs_in(house):
    browser = house.signed_in(Role.GUARD)
    shown = browser.post("/account/app", password=OWN_PASSWORD)
    browser.post("/account/app/confirm", code=code_of(house, shown))
    house.community.real[0] += STEP_S * 1000
    again = house.browser()
    again.post("/login", name="guard", password=OWN_PASSWORD)
    assert again.post("/login/second", code=code_of(house, shown)).headers["location"] == "/live"
