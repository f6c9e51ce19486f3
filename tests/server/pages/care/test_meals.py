"""The care stations' day on a screen and as a file."""

from server.services.lists import sheets
from server.services.roles import Role
from tests.server.pages.conftest import words_of
from tests.server.services.purses.test_purses import hear, made, station


def test_the_day_says_what_was_taken_and_what_is_open(house):
    station(house.community)
    card = house.community.active_card()
    hear(house.community, made(card.id, 1, 0, 9200), made(card.id, 2, 2, 7600))
    browser = house.signed_in(Role.CARE)
    page = words_of(browser.get("/care/meals?day=2026-03-01"))
    assert "¥16.00" in page
    assert "Not reported" in page
    assert "−¥8.00" in page
    assert "Offline: more may come" in page
    assert "Nobody has eaten yet." in words_of(browser.get("/care/meals?day=2026-03-02"))
    assert browser.get("/care/meals?day=yesterday").status_code == 200
    part = browser.get("/care/meals?day=2026-03-01", **{"hx-request": "true"})
    assert "<html" not in part.text


def test_the_day_as_a_file(house):
    station(house.community)
    card = house.community.active_card()
    hear(house.community, made(card.id, 1, 0, 9200))
    browser = house.signed_in(Role.CARE)
    sheet = sheets.read_file(browser.get("/care/meals/list.xlsx?day=2026-03-01").content)
    assert sheet.rows[1][5] == "8.00"
    assert (sheet.rows[-1][0], sheet.rows[-1][5]) == ("Sum of what is booked", "8.00")
    assert browser.get("/care/meals/list.csv").status_code == 200
    assert browser.get("/care/meals/list.pdf").status_code == 404
