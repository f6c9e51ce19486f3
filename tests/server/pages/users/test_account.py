"""The one-time password and one's own."""

import re

from server.services.roles import Role
from server.services.users import sessions
from tests.server.pages.conftest import OWN_PASSWORD, words_of


def test_the_one_time_password_opens_only_the_page_where_it_is_changed(house):
    one_time = house.add_user("chen", Role.ADMIN)
    browser = house.browser()
    signed = browser.post("/login", name="chen", password=one_time, back="/live")
    assert signed.headers["location"] == "/account/password"
    for path in ("/", "/live", "/holders", "/live/panel"):
        assert browser.get(path).headers["location"] == "/account/password"
    page = words_of(browser.get("/account/password"))
    assert "10 to 128 characters" in page
    assert "One-time password" in page


def test_each_refusal_is_a_sentence_and_nothing_has_changed(house):
    one_time = house.add_user("chen", Role.ADMIN)
    browser = house.browser()
    browser.post("/login", name="chen", password=one_time)

    def tried(old, new, again):
        answer = browser.post("/account/password", old=old, password=new, again=again)
        assert answer.status_code in (401, 422)
        return words_of(answer)

    assert "too short, too easy to guess" in tried(one_time, "short", "short")
    assert "too short, too easy to guess" in tried(one_time, "chen is my name", "chen is my name")
    assert "too short, too easy to guess" in tried(one_time, one_time, one_time)
    assert "not the same" in tried(one_time, OWN_PASSWORD, OWN_PASSWORD + "x")
    assert "present password is wrong" in tried("nonsense", OWN_PASSWORD, OWN_PASSWORD)
    assert browser.get("/live").headers["location"] == "/account/password"


def test_the_new_password_works_here_at_once_and_signs_out_everybody_else(house):
    one_time = house.add_user("chen", Role.ADMIN)
    here, elsewhere = house.browser(), house.browser()
    for browser in (here, elsewhere):
        browser.post("/login", name="chen", password=one_time)
    done = here.post("/account/password", old=one_time, password=OWN_PASSWORD, again=OWN_PASSWORD)
    assert done.headers["location"] == "/setup"
    assert here.get("/live").status_code == 200
    assert elsewhere.get("/live").headers["location"].startswith("/login")
    assert house.browser().post("/login", name="chen", password=one_time).status_code == 401


def test_ones_own_browsers_are_listed_and_signed_out(house):
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
    here = house.signed_in(Role.GUARD)
    elsewhere, third = house.signed_in(Role.GUARD, **{"user-agent": firefox}), house.signed_in(Role.GUARD)
    page = here.get("/account")
    assert "Firefox, Linux" in words_of(page)
    assert "this one" in words_of(page)
    keys = re.findall(r'name="key" value="([0-9a-f]{16})"', page.text)
    assert len(keys) == 2
    mine = sessions.key_of(elsewhere.cookies["onecard_session"])
    assert here.post("/account/sessions/end", key=mine).headers["location"] == "/account"
    assert elsewhere.get("/live").status_code == 303
    assert third.get("/live").status_code == 200
    here.post("/account/sessions/end")
    assert third.get("/live").status_code == 303
    assert here.get("/live").status_code == 200


def test_nobody_ends_sessions_of_others(house):
    guard, admin = house.signed_in(Role.GUARD), house.signed_in(Role.ADMIN)
    admin.post("/account/sessions/end", key=sessions.key_of(guard.cookies["onecard_session"]))
    admin.post("/account/sessions/end")
    assert guard.get("/live").status_code == 200


def test_guesses_at_the_present_password_are_counted(house):
    browser = house.signed_in(Role.GUARD)
    for _ in range(5):
        browser.post("/account/password", old="wrong", password="x" * 12, again="x" * 12)
    answer = browser.post("/account/password", old=OWN_PASSWORD, password="x" * 12, again="x" * 12)
    assert answer.status_code == 429
