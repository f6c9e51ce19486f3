"""The provider's button, the way there and back, and the account that is connected."""

from dataclasses import replace

from server.services.roles import Role
from tests.server.pages.conftest import OWN_PASSWORD, words_of
from tests.server.services.oidc.test_sign_in import City

BACK = "/login/provider/back"


def with_provider(house) -> City:
    city = City()
    house.site.state.console = replace(house.console, house=replace(house.console.house, provider=city))
    return city


def test_an_account_is_connected_with_the_password_and_then_opens_the_console(house):
    city = with_provider(house)
    guard = house.signed_in(Role.GUARD)
    assert "Connect your account with the one at https://id.example" in words_of(guard.get("/account"))
    assert guard.post("/account/provider", password="wrong").status_code == 401
    onwards = guard.post("/account/provider", password=OWN_PASSWORD)
    assert 'href="https://id.example/a?state=' in onwards.text
    assert guard.get(f"{BACK}?state={city.asked['state']}&code=77").headers["location"] == "/account"
    assert "Connected since" in words_of(guard.get("/account"))

    browser = house.browser()
    assert "Sign in with the unified account" in words_of(browser.get("/login"))
    away = browser.get("/login/provider?back=/alarms")
    assert away.headers["location"].startswith("https://id.example/a?state=")
    back = browser.get(f"{BACK}?state={city.asked['state']}&code=77")
    assert back.headers["location"] == "/alarms"
    assert "Unified account" in words_of(browser.get("/account"))

    assert guard.post("/account/provider/remove", password=OWN_PASSWORD).status_code == 303
    other = house.browser()
    other.get("/login/provider")
    unknown = other.get(f"{BACK}?state={city.asked['state']}&code=77")
    assert (unknown.status_code, "Nobody here has connected" in words_of(unknown)) == (401, True)


def test_on_a_shared_computer_the_next_person_connects_nothing(house):
    city = with_provider(house)
    guard = house.signed_in(Role.GUARD)
    guard.post("/account/provider", password=OWN_PASSWORD)
    guard.post("/logout")
    later = guard.get(f"{BACK}?state={city.asked['state']}&code=77")
    assert (later.status_code, "That took too long" in words_of(later)) == (401, True)
    assert "onecard_oidc" not in guard.cookies, "a way back leads back once"


def test_who_turns_back_at_the_provider_reads_so(house):
    city = with_provider(house)
    browser = house.browser()
    browser.get("/login/provider")
    back = browser.get(f"{BACK}?state={city.asked['state']}&error=access_denied")
    assert (back.status_code, "You turned back" in words_of(back)) == (401, True)


def test_a_one_time_password_connects_nothing(house):
    with_provider(house)
    one_time = house.add_user("new", Role.GUARD)
    browser = house.browser()
    browser.post("/login", name="new", password=one_time)
    assert browser.post("/account/provider", password=one_time).headers["location"] == "/account/password"


def test_a_state_of_another_browser_opens_nothing(house):
    city = with_provider(house)
    house.browser().get("/login/provider")
    stolen = house.browser().get(f"{BACK}?state={city.asked['state']}&code=77")
    assert stolen.status_code == 401


def test_without_a_provider_there_is_no_button(house):
    browser = house.browser()
    assert "unified account" not in words_of(browser.get("/login"))
    assert browser.get("/login/provider").status_code == 404
