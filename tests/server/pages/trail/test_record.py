"""The record of events: filters, pages by key, one event with what it means."""

import pytest

from card_protocol.words.reason import Reason
from server.services import audit
from server.services.cards import cards
from server.services.roles import Role
from tests.server.pages.conftest import words_of


@pytest.mark.parametrize(
    ("query", "granted", "lost", "foreign"),
    [
        ("", True, True, True),
        ("reason=lost", False, True, False),
        ("reason=granted", True, False, False),
        ("point=south-gate-in", True, True, True),
        ("point=clinic", False, False, False),
        ("gateway=g-1", True, True, True),
        ("gateway=g-9", False, False, False),
        ("kind=tap", True, True, True),
        ("kind=gap", False, False, False),
        ("since=2026-03-01T08:00", True, True, True),
        ("until=2026-03-01T08:00", False, False, False),
        ("hour=8", True, True, True),
        ("hour=9", False, False, False),
        ("since=2026-03-01T08:00&until=2026-03-01T09:00&reason=foreign", False, False, True),
        ("reason=nonsense&kind=nonsense", True, True, True),
    ],
)
def test_filters(lived, query, granted, lost, foreign):
    # htmx asks for the rows alone: the filters themselves name every reason.
    rows = words_of(lived.house.signed_in().get(f"/events?{query}", **{"hx-request": "true"}))
    assert ("Granted" in rows) == granted
    assert ("Card was reported lost" in rows) == lost
    assert ("Not a card of ours" in rows) == foreign


def test_a_date_that_is_none_is_said_and_ignored(lived):
    page = words_of(lived.house.signed_in().get("/events?since=yesterday"))
    assert "A time is written like 2026-03-01 08:00." in page
    assert "Refused" in page


def test_nothing_there_and_nothing_found_are_two_things(house, lived):
    browser = lived.house.signed_in()
    assert "No event fits these filters." in words_of(browser.get("/events?kind=gap"))


def test_an_empty_record_says_so(house):
    assert "No events yet." in words_of(house.signed_in().get("/events"))


def test_the_list_goes_on_by_key_and_keeps_its_filters(lived):
    house = lived.house
    for _ in range(60):
        house.tap(lived.lost, Reason.LOST)
    browser = house.signed_in()
    first = browser.get("/events?reason=lost").text
    address = first.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert address.startswith("/events?reason=lost&after=")
    rest = browser.get(address, **{"hx-request": "true"}).text
    assert rest.lstrip().startswith("<tr>")
    assert first.count("<tr>") - 1 + rest.count("<tr>") == 61
    assert "Not a card of ours" not in rest


def test_an_event_says_what_happened_which_rule_spoke_and_where_it_stands(lived):
    page = words_of(lived.house.signed_in().get(f"/events/{lived.refused}"))
    assert "Card was reported lost" in page
    assert "The card is lost." in page
    assert "compare the person with the photo" in page
    assert "by a time server" in page
    assert "Number in it 2" in page
    assert "No signature of its gateway covers it" in page, "nobody signed the events of this house"
    granted = words_of(lived.house.signed_in().get(f"/events/{lived.granted}"))
    assert "Let in by Residents" in granted
    assert "王秀英" in granted


def test_the_way_to_its_gateway_is_for_who_sees_gateways(lived):
    at_the_clinic = lived.house.tap(lived.active, point="clinic")
    address = 'href="/gateways/g-1"'
    assert address in lived.house.signed_in(Role.INSTALLER).get(f"/events/{lived.refused}").text
    nurse = lived.house.signed_in(Role.NURSE).get(f"/events/{at_the_clinic}")
    assert nurse.status_code == 200
    assert address not in nurse.text


def test_an_event_that_is_none(lived):
    browser = lived.house.signed_in()
    assert browser.get("/events/999999").status_code == 404
    assert browser.get("/events/abc").status_code == 422
    assert "not filled in correctly" in words_of(browser.get("/events/abc"))


def test_one_cards_events_are_found_by_the_number_on_it(lived):
    browser = lived.house.signed_in()
    with lived.house.transactions.read() as session:
        number = cards.get(session, lived.lost).number
    rows = words_of(browser.get(f"/events?card={number}", **{"hx-request": "true"}))
    assert "Card was reported lost" in rows
    assert "Granted" not in rows
    none = words_of(browser.get("/events?card=999999"))
    assert "There is no card of this number." in none
    assert "No event fits these filters." in none


def test_what_is_taken_out_says_who_took_it_and_why(lived):
    browser = lived.house.signed_in()
    assert "Please say why" in words_of(browser.post("/events/export", why=" ", form="csv"))
    taken = browser.post("/events/export", why="police, case 7", form="csv", reason="lost")
    lines = taken.content.decode("utf-8-sig").splitlines()
    assert "police, case 7" in lines[0]
    assert "Taken by admin on" in lines[0], "as the trail says it"
    assert lines[1].startswith("Time,What,Point,Verdict,Who")
    assert len(lines) == 3
    assert "Card was reported lost" in lines[2]
    assert browser.post("/events/export", why="x", form="pdf").status_code == 404
    assert browser.post("/events/export", why="x", form="xlsx").content[:2] == b"PK"
    with lived.house.transactions.read() as session:
        told = [line for line in audit.trail(session).items if line.action == "event.export"]
    assert [line.why for line in told] == ["x", "police, case 7"]
    guard = lived.house.signed_in(Role.NURSE).post("/events/export", why="x", form="csv")
    assert "王秀英" not in guard.text
