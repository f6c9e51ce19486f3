"""Cards: found, asked about, and what a step brings about."""

from datetime import date

import pytest

from card_protocol.words.card import CardState
from card_protocol.words.moment import local_ms
from server.pages.desk.cards import STEPS
from server.services import audit
from server.services.cards import cards
from server.services.gateways import gateways
from server.services.roles import Permission, Role
from server.services.work import SYSTEM
from tests.server.build import ADMIN
from tests.server.pages.conftest import words_of


def state_of(house, card_id):
    with house.transactions.read() as session:
        return cards.get(session, card_id).state


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=04010203040506", {1}),
        ("q=秀英", {1, 2}),
        ("state=lost", {2}),
        ("state=stock", set()),
        ("state=nonsense", {1, 2}),
    ],
)
def test_found_by_number_name_and_state(lived, query, found):
    page = words_of(lived.house.signed_in().get(f"/cards?{query}"))
    assert {number for number in (1, 2) if f"No. {number}" in page} == found


def test_the_last_day_of_a_card_is_the_day_that_the_desk_asked_for(lived):
    """A card ends with its last day, so the moment at which it ends is the next midnight."""
    house = lived.house
    with house.transactions.work(ADMIN) as work:
        cards.set_rights(work, lived.active, ["residents"], valid_to_ms=local_ms(date(2027, 3, 2)))
    browser = house.signed_in()
    for address in (f"/cards/{lived.active}", "/cards", f"/holders/{lived.holder}"):
        page = words_of(browser.get(address))
        assert "2027-03-01" in page, address
        assert "2027-03-02" not in page, address


def test_the_empty_list_says_where_cards_come_from(house):
    assert "No cards yet. A card appears here" in words_of(house.signed_in().get("/cards"))
    assert "No card fits this search." in words_of(house.signed_in().get("/cards?q=77"))


def test_a_card_offers_the_steps_that_its_state_has(lived):
    browser = lived.house.signed_in()
    active = words_of(browser.get(f"/cards/{lived.active}"))
    assert all(label in active for label in ("Report lost", "Suspend", "Revoke for good", "Take back"))
    assert "Let it work again" not in active
    lost = words_of(browser.get(f"/cards/{lived.lost}"))
    assert "Revoke for good" in lost
    assert "Report lost" not in lost


@pytest.mark.parametrize("name", ["lost", "suspend", "revoke", "return"])
def test_a_step_is_asked_about_with_its_consequence_and_needs_a_reason(lived, name):
    browser = lived.house.signed_in()
    question = words_of(browser.get(f"/cards/{lived.active}/{name}"))
    assert STEPS[name].consequence in question
    assert STEPS[name].question in question
    for why in ("", "   ", "x" * 301):
        refused = browser.post(f"/cards/{lived.active}/{name}", why=why)
        assert refused.status_code == 422
        assert "Please say why" in words_of(refused)
    assert state_of(lived.house, lived.active) is CardState.ACTIVE
    answer = browser.post(f"/cards/{lived.active}/{name}", why="moved away")
    assert answer.headers["location"] == f"/cards/{lived.active}"
    assert state_of(lived.house, lived.active) is STEPS[name].to
    with lived.house.transactions.read() as session:
        assert audit.trail(session, subject=f"card:{lived.active}").items[0].why == "moved away"


def test_a_lost_card_that_was_found_is_called_so_and_still_opens_nothing(lived):
    browser = lived.house.signed_in()
    path = f"/cards/{lived.lost}"
    page = words_of(browser.get(path))
    assert "It was found" in page
    assert "Suspend" not in page
    assert "Was this card found again?" in words_of(browser.get(f"{path}/found"))
    assert "not possible" in words_of(browser.get(f"/cards/{lived.active}/found"))
    assert browser.post(f"/cards/{lived.active}/found", why="bus").status_code == 409
    assert browser.post(f"{path}/found", why="lay in the bus").status_code == 303
    page = words_of(browser.get(path))
    assert "Suspended" in page
    assert "Let it work again" in page
    assert "It was found" not in page


def test_a_suspended_card_can_work_again(lived):
    browser = lived.house.signed_in()
    browser.post(f"/cards/{lived.active}/suspend", why="holiday")
    browser.post(f"/cards/{lived.active}/resume", why="back")
    assert state_of(lived.house, lived.active) is CardState.ACTIVE


def test_a_step_that_is_not_possible_any_more_is_said_as_such(lived):
    browser = lived.house.signed_in()
    assert "not possible" in words_of(browser.get(f"/cards/{lived.lost}/lost"))
    answer = browser.post(f"/cards/{lived.lost}/lost", why="again")
    assert answer.status_code == 409
    assert "changed in the meantime" in words_of(answer)
    assert browser.get(f"/cards/{lived.active}/explode").status_code == 404
    assert browser.get("/cards/01KJKB3Q00NBF0QX1S90CQ0BZT/revoke").status_code == 404


def test_a_guard_may_stop_a_card_and_not_let_it_work(lived):
    browser = lived.house.signed_in(Role.GUARD)
    page = words_of(browser.get(f"/cards/{lived.active}"))
    assert "Report lost" in page
    assert "Take back" not in page
    browser.post(f"/cards/{lived.active}/suspend", why="told by telephone")
    assert browser.post(f"/cards/{lived.active}/resume", why="x").status_code == 403
    assert browser.get(f"/cards/{lived.active}/return").status_code == 403
    assert state_of(lived.house, lived.active) is CardState.SUSPENDED


def test_the_receipt_fills_up_gateway_by_gateway(lived):
    house, browser = lived.house, lived.house.signed_in()
    page = words_of(browser.get(f"/cards/{lived.lost}"))
    assert "Not yet everywhere" in page
    box = house.community.box("g-1")
    with house.transactions.work(SYSTEM) as work:
        gateways.note_state(work, box.state(at_ms=house.community.now[0] + 1, rev_seq=1, policy_version=1))
    part = browser.get(f"/cards/{lived.lost}/receipt")
    assert "Refused everywhere" in words_of(part)
    assert "since 2026-03-01 08:00:00" in words_of(part)
    assert "<html" not in part.text
    assert words_of(browser.get(f"/cards/{lived.active}/receipt")) == ""
    with house.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1", why="stolen")
    part = words_of(browser.get(f"/cards/{lived.lost}/receipt"))
    assert "No gateway is left that could let this card in." in part, "a box that hangs there, but knows of it"


def test_every_step_is_in_the_table_of_states_and_has_a_permission():
    for step in STEPS.values():
        assert step.to in CardState
        assert step.needs in (Permission.CARDS_REVOKE, Permission.CARDS_ISSUE)


def test_why_a_card_may_pass_or_not_is_asked_of_the_one_decider(lived):
    browser = lived.house.signed_in()
    assert "May it pass?" in words_of(browser.get(f"/cards/{lived.active}"))
    yes = words_of(browser.get(f"/cards/{lived.active}/explain?point=south-gate-in"))
    assert "Granted" in yes
    assert "Let in by Residents" in yes
    no = words_of(browser.get(f"/cards/{lived.lost}/explain?point=clinic"))
    assert "Card was reported lost" in no
    assert "The card is lost." in no
    assert "No access level of the card holds this point." in no, "every rule that refuses is told"
    expired = words_of(browser.get(f"/cards/{lived.active}/explain?point=south-gate-in&at=2031-03-01T08:00"))
    assert "Card has expired" in expired
    assert "A time is written like" in words_of(
        browser.get(f"/cards/{lived.active}/explain?point=south-gate-in&at=someday")
    )


def test_lost_and_replaced_in_one_go(lived):
    browser = lived.house.signed_in()
    assert "give another card now" in words_of(browser.get(f"/cards/{lived.active}/lost"))
    answer = browser.post(f"/cards/{lived.active}/lost", why="on the bus", then="desk")
    assert answer.headers["location"] == f"/desk?holder={lived.holder}&instead={lived.active}"
    assert state_of(lived.house, lived.active) is CardState.LOST
    form = browser.get(answer.headers["location"]).text
    assert 'value="residents" checked' in form, "the new card is proposed the rights of the old"
    assert "Receipt of card no. 1" in form
    assert "Receipt" not in browser.get(f"/desk?holder={lived.holder}&instead={lived.lost}").text, "another's card"
    sheet = words_of(browser.get(f"/cards/{lived.active}/receipt?sheet=true"))
    assert "Receipt of card no. 1" in sheet
    assert "by admin" in sheet
    guard = lived.house.signed_in(Role.GUARD)
    assert "give another card now" not in words_of(guard.get(f"/cards/{lived.lost}/revoke"))
    assert guard.post(f"/cards/{lived.lost}/revoke", why="x", then="desk").headers["location"].startswith("/cards/")
