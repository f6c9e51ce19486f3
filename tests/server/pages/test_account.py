"""The one-time password and one's own."""

from server.services.roles import Role
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
    assert done.headers["location"] == "/live"
    assert here.get("/live").status_code == 200
    assert elsewhere.get("/live").headers["location"].startswith("/login")
    assert house.browser().post("/login", name="chen", password=one_time).status_code == 401
