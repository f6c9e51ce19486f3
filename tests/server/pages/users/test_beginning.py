"""Where somebody begins."""

from server.services.roles import Role
from tests.server.pages.conftest import OWN_PASSWORD


def test_an_admin_who_broke_off_the_first_run_goes_on_there_until_the_first_card_is_given_out(house):
    assert house.signed_in().get("/").headers["location"] == "/setup"
    assert house.signed_in(Role.GUARD).get("/").headers["location"] == "/live"
    house.community.active_card("04010203040506")
    assert house.signed_in().get("/").headers["location"] == "/live"


def test_after_the_sign_in_it_is_the_same_and_who_was_on_the_way_somewhere_gets_there(house):
    house.signed_in()
    browser = house.browser()
    assert browser.post("/login", name="admin", password=OWN_PASSWORD).headers["location"] == "/setup"
    assert browser.get("/login?back=/events").headers["location"] == "/events"
