"""Points of a gateway, entered on its page."""

import pytest

from server.services.access import access
from server.services.roles import PEOPLE_ROLES, Role
from tests.server.build import ADMIN
from tests.server.pages.conftest import words_of

NORTH = {"point_id": "north-in", "kind": "gate", "name_zh": "北门进", "name_en": "North gate, in"}
NORTH |= {"area": "compound", "direction": "in"}


def points_of(house):
    with house.transactions.read() as session:
        return {point.id: point for point in access.points(session)}


def test_an_installer_adds_a_point_and_it_stands_on_the_gateways_page(house):
    browser = house.signed_in(Role.INSTALLER)
    answer = browser.post("/gateways/g-1/points/_new", **NORTH)
    assert (answer.status_code, answer.headers["location"]) == (303, "/gateways/g-1#points")
    page = words_of(browser.get("/gateways/g-1"))
    assert "North gate, in" in page
    assert "north-in" in page
    point = points_of(house)["north-in"]
    assert (point.gateway_id, point.area, point.direction, point.name_zh) == ("g-1", "compound", "in", "北门进")


def test_without_an_english_name_it_is_called_the_same(house):
    house.signed_in().post("/gateways/g-1/points/_new", **NORTH | {"name_en": " "})
    assert points_of(house)["north-in"].name_en == "北门进"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("point_id", "North In", "lower-case letters"),
        ("point_id", "south-gate-in", "is there already"),
        ("name_zh", "", "has a Chinese name"),
        ("name_en", "x" * 81, "up to 80 characters"),
        ("area", "the yard", "An area has"),
        ("kind", "hole", "Choose one of the kinds"),
        ("direction", "up", "Choose one of the directions"),
        ("price", "twelve", "Yuan up to 1000"),
        ("price", "1000.01", "Yuan up to 1000"),
        ("day_limit", "11.99", "no less than one meal costs"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(house, field, value, told):
    before = points_of(house)
    answer = house.signed_in().post("/gateways/g-1/points/_new", **NORTH | {"price": "12", field: value})
    assert answer.status_code == 422
    assert told in words_of(answer)
    assert 'value="北门进"' in answer.text or field == "name_zh"
    assert points_of(house) == before


def test_a_change_keeps_the_rules_of_a_point(house):
    with house.transactions.work(ADMIN) as work:
        strict = points_of(house)["south-gate-in"].model_copy(update={"persons": 2, "first_person": True})
        access.set_point(work, house.console.house.community, strict)
    browser = house.signed_in(Role.INSTALLER)
    assert 'value="South gate, in"' in browser.get("/gateways/g-1/points/south-gate-in").text
    fields = {"kind": "turnstile", "name_zh": "南门", "name_en": "South", "area": "compound", "direction": "in"}
    assert browser.post("/gateways/g-1/points/south-gate-in", **fields).status_code == 303
    point = points_of(house)["south-gate-in"]
    assert (point.kind, point.name_en, point.persons, point.first_person) == ("turnstile", "South", 2, True)


def test_a_station_gets_its_price_and_its_limit_and_loses_them_when_they_are_emptied(house):
    browser = house.signed_in(Role.INSTALLER)
    station = NORTH | {"point_id": "canteen", "kind": "care", "area": "care", "price": "12", "day_limit": "24.50"}
    assert browser.post("/gateways/g-1/points/_new", **station).status_code == 303
    assert (points_of(house)["canteen"].price_fen, points_of(house)["canteen"].day_limit_fen) == (1200, 2450)
    form = browser.get("/gateways/g-1/points/canteen").text
    assert 'value="12.00"' in form
    assert 'value="24.50"' in form
    assert browser.post("/gateways/g-1/points/canteen", **station | {"price": "", "day_limit": ""}).status_code == 303
    assert (points_of(house)["canteen"].price_fen, points_of(house)["canteen"].day_limit_fen) == (None, None)


def test_the_point_of_a_home_is_entered_here_as_well(house):
    browser = house.signed_in(Role.INSTALLER)
    home = NORTH | {"point_id": "home-1", "kind": "home_visit", "area": "home", "direction": "none"}
    assert 'value="home_visit"' in browser.get("/gateways/g-1/points/_new").text
    assert browser.post("/gateways/g-1/points/_new", **home).status_code == 303
    assert points_of(house)["home-1"].kind == "home_visit"


def test_a_point_of_another_gateway_and_a_gateway_that_is_none(house):
    browser = house.signed_in()
    house.community.box("g-2")
    assert browser.get("/gateways/g-2/points/south-gate-in").status_code == 404
    assert browser.post("/gateways/g-9/points/_new", **NORTH).status_code == 404
    assert "north-in" not in points_of(house)


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_only_who_may_set_up_gateways(house, role):
    may = role in (Role.ADMIN, Role.INSTALLER)
    answer = house.signed_in(role).post("/gateways/g-1/points/_new", **NORTH)
    assert answer.status_code == (303 if may else 403)
    assert ("north-in" in points_of(house)) is may
