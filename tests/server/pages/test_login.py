"""Signing in and out, and the settings of the frame."""

from server.pages.visit import safe_back
from server.services.roles import Role


def test_without_a_session_every_way_leads_to_the_sign_in(house):
    browser = house.browser()
    assert browser.get("/").headers["location"] == "/login"
    answer = browser.get("/live?x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?back=/live%3Fx%3D1"


def test_the_one_time_password_opens_only_the_page_where_it_is_changed(house):
    one_time = house.add_user("chen", Role.ADMIN)
    browser = house.browser()
    browser.get("/login")
    signed = _post(browser, "/login", name="chen", password=one_time, back="/live")
    assert signed.headers["location"] == "/account/password"
    assert browser.get("/live").headers["location"] == "/account/password"
    weak = _post(browser, "/account/password", old=one_time, password="short", again="short")
    assert weak.status_code == 422
    assert "too short" in weak.text
    unlike = _post(browser, "/account/password", old=one_time, password="a long new one", again="another one")
    assert "not the same" in unlike.text
    wrong = _post(browser, "/account/password", old="nonsense", password="a long new one", again="a long new one")
    assert "present password is wrong" in wrong.text
    done = _post(browser, "/account/password", old=one_time, password="a long new one", again="a long new one")
    assert done.headers["location"] == "/live"
    assert browser.get("/live").status_code == 200


def test_a_wrong_password_says_neither_which_half_was_wrong_nor_signs_in(house):
    house.add_user("chen", Role.ADMIN)
    browser = house.browser()
    browser.get("/login")
    for name in ("chen", "nobody"):
        answer = _post(browser, "/login", name=name, password="wrong")
        assert answer.status_code == 401
        assert "User name or password is wrong." in answer.text
    assert browser.get("/live").status_code == 303


def test_signing_out_ends_the_session_for_good(house):
    signed = house.signed_in()
    secret = signed.client.cookies["onecard_session"]
    assert signed.post("/logout").headers["location"] == "/login"
    again = house.browser()
    again.cookies.set("onecard_session", secret)
    assert again.get("/live").status_code == 303


def test_a_form_without_the_browsers_token_is_refused(house):
    signed = house.signed_in()
    answer = signed.client.post("/logout", data={"csrf": "0" * 64})
    assert answer.status_code == 403
    foreign = signed.client.post("/logout", data={"csrf": signed.token()}, headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
    assert signed.get("/live").status_code == 200


def test_the_session_cookie_is_out_of_reach_of_scripts_and_foreign_forms(house):
    browser = house.browser()
    browser.get("/login")
    one_time = house.add_user("chen", Role.ADMIN)
    cookie = _post(browser, "/login", name="chen", password=one_time).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age" not in cookie


def test_language_and_colours_are_kept_in_the_browser(house):
    browser = house.browser()
    assert 'lang="en"' in browser.get("/login").text
    answer = _post(browser, "/settings", language="zh_CN", back="/login?back=/live")
    assert answer.headers["location"] == "/login?back=/live"
    assert 'lang="zh-CN"' in browser.get("/login").text
    _post(browser, "/settings", theme="dark", back="/")
    assert 'data-bs-theme="dark"' in browser.get("/login").text
    _post(browser, "/settings", theme="pink", language="xx", back="/")
    assert 'data-bs-theme="dark"' in browser.get("/login").text


def test_a_way_back_never_leaves_the_site():
    assert safe_back("/live?x=1") == "/live?x=1"
    for bad in ("//evil.example", "https://evil.example", "/\\evil.example", "live", "", "/" + "a" * 600, "/a\r\nb"):
        assert safe_back(bad) == "/"


def _post(browser, path, **fields):
    from server.pages import csrf

    cookies = browser.cookies
    secret = cookies.get("onecard_session") or cookies.get("onecard_browser") or ""
    return browser.post(path, data=fields | {"csrf": csrf.form_token(secret)})
