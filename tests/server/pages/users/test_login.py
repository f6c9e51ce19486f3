"""Signing in and out, and the settings of the frame."""

from server.services.roles import Role
from tests.server.pages.conftest import words_of


def test_without_a_session_every_way_leads_to_the_sign_in(house):
    browser = house.browser()
    assert browser.get("/").headers["location"] == "/login"
    answer = browser.get("/live?x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?back=/live%3Fx%3D1"


def test_signing_in_leads_back_to_where_one_wanted_to_go(house):
    house.signed_in()
    browser = house.browser()
    answer = browser.post("/login", name="admin", password="tall bamboo by the canal", back="/cards?q=3")
    assert answer.headers["location"] == "/cards?q=3"
    assert browser.get("/login?back=/events").headers["location"] == "/events"


def test_a_wrong_password_says_neither_which_half_was_wrong_nor_signs_in(house):
    house.add_user("chen", Role.ADMIN)
    browser = house.browser()
    for name in ("chen", "nobody"):
        answer = browser.post("/login", name=name, password="wrong")
        assert answer.status_code == 401
        assert "User name or password is wrong." in words_of(answer)
    assert browser.get("/live").status_code == 303


def test_too_many_wrong_passwords_are_told_as_a_sentence(house):
    house.add_user("chen", Role.ADMIN)
    browser = house.browser()
    for _ in range(5):
        browser.post("/login", name="chen", password="wrong")
    answer = browser.post("/login", name="chen", password="wrong")
    assert answer.status_code == 429
    assert "Too many wrong passwords or codes; wait a little." in words_of(answer)


def test_signing_out_ends_the_session_for_good(house):
    browser = house.signed_in()
    secret = browser.cookies["onecard_session"]
    assert browser.post("/logout").headers["location"] == "/login"
    again = house.browser()
    again.cookies.set("onecard_session", secret)
    assert again.get("/live").status_code == 303


def test_a_form_without_the_browsers_token_is_refused(house):
    browser = house.signed_in()
    token = browser.token()
    assert browser.client.post("/logout", data={"csrf": "0" * 64}).status_code == 403
    assert browser.client.post("/logout", data={}).status_code == 403
    foreign = browser.client.post("/logout", data={"csrf": token}, headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
    foreign = browser.client.post("/logout", data={"csrf": token}, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert browser.get("/live").status_code == 200


def test_the_session_cookie_is_out_of_reach_of_scripts_and_foreign_forms(house):
    one_time = house.add_user("chen", Role.ADMIN)
    cookie = house.browser().post("/login", name="chen", password=one_time).headers["set-cookie"].lower()
    assert "onecard_session=" in cookie
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age" not in cookie


def test_language_and_colours_are_kept_in_the_browser(house):
    browser = house.browser()
    assert 'lang="en"' in browser.get("/login").text
    answer = browser.post("/settings", language="zh_CN", back="/login?back=/live")
    assert answer.headers["location"] == "/login?back=/live"
    assert 'lang="zh-CN"' in browser.get("/login").text
    browser.post("/settings", theme="dark", back="/")
    assert 'data-bs-theme="dark"' in browser.get("/login").text
    browser.post("/settings", theme="pink", language="xx", back="/")
    assert 'data-bs-theme="dark"' in browser.get("/login").text


def test_a_guard_begins_at_the_live_gates(house):
    assert house.signed_in(Role.GUARD).get("/").headers["location"] == "/live"
