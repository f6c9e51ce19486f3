"""A box that asks to join, as the operator at the page sees it; and one that was stolen."""

import re

from server.services.gateways import gateways
from server.services.roles import Role
from server.services.work import SYSTEM
from tests.server.build import ADMIN, COMMUNITY, Box
from tests.server.pages.conftest import words_of


def ask(house, box: Box) -> str:
    """A claim is used; what the box shows."""
    with house.transactions.work(ADMIN) as work:
        claim = gateways.claim(work, box.name, COMMUNITY)
    with house.transactions.work(SYSTEM) as work:
        gateways.enrol(work, house.community.house.keystore, box.request(claim))
    return box.request(claim).mark


def view(house, name: str) -> gateways.GatewayView:
    with house.transactions.read() as session:
        return gateways.get(session, name)


def test_the_fingerprint_is_shown_and_confirmed(house):
    mark = ask(house, Box("g-1"))
    browser = house.signed_in()
    assert "Asks to join" in words_of(browser.get("/gateways"))
    page = browser.get("/gateways/g-1")
    assert mark in words_of(page)
    shown = re.search(r'name="mark" value="([0-9A-F-]+)"', page.text)[1]
    answer = browser.post("/gateways/g-1/confirm", mark=shown)
    assert (answer.status_code, answer.headers["location"]) == (303, "/gateways/g-1")
    assert view(house, "g-1").enrolled
    assert "asks to join" not in words_of(browser.get("/gateways/g-1/facts"))


def test_another_box_is_not_let_in_by_an_old_page(house):
    ask(house, Box("g-1"))
    browser = house.signed_in()
    assert browser.post("/gateways/g-1/confirm", mark="0000-0000-0000-0000").status_code == 303
    assert not view(house, "g-1").enrolled
    assert browser.post("/gateways/g-1/refuse").status_code == 303
    assert view(house, "g-1").asks_mark is None
    assert browser.post("/gateways/g-1/refuse").status_code == 303, "somebody else was quicker"
    assert browser.post("/gateways/g-9/confirm", mark="0").status_code == 404


def test_a_stolen_gateway_is_shut_out_with_a_reason(house):
    house.community.box()
    browser = house.signed_in()
    page = words_of(browser.get("/gateways/g-1"))
    assert "Stolen or broken?" in page
    assert "from 2026-03-01 07:55:00 until 2026-05-30 08:00:00" in page
    assert browser.post("/gateways/g-1/revoke", why="stolen at night").status_code == 303
    assert view(house, "g-1").revoked
    page = words_of(browser.get("/gateways/g-1"))
    assert "Gateway shut out" in page
    assert "Stolen or broken?" not in page


def test_a_box_that_was_taken_down_is_said_to_be(house):
    house.community.box()
    browser = house.signed_in()
    assert browser.post("/gateways/g-1/take-down", why="too early").status_code == 303
    assert view(house, "g-1").gone_ms is None
    browser.post("/gateways/g-1/revoke", why="stolen at night")
    assert "Does it still hang there?" in words_of(browser.get("/gateways/g-1"))
    assert browser.post("/gateways/g-1/take-down", why="Chen Wei, with a ladder").status_code == 303
    page = words_of(browser.get("/gateways/g-1"))
    assert "Taken down 2026-03-01 08:00:00" in page
    assert "Does it still hang there?" not in page
    assert browser.post("/gateways/g-1/take-down", why="again").status_code == 303, "somebody else was quicker"
    assert "Said in error?" in page
    for _ in range(2):
        assert browser.post("/gateways/g-1/hang-again", why="it was the other one").status_code == 303
    assert "Does it still hang there?" in words_of(browser.get("/gateways/g-1"))


def test_both_want_a_reason(house):
    house.community.box()
    browser = house.signed_in()
    asked = "Please say why in a few words: it goes into the record."
    answer = browser.post("/gateways/g-1/revoke", why="  ")
    assert (answer.status_code, asked in words_of(answer)) == (422, True)
    assert not view(house, "g-1").revoked
    browser.post("/gateways/g-1/revoke", why="stolen at night")
    answer = browser.post("/gateways/g-1/take-down", why="\u3000 ")
    assert (answer.status_code, asked in words_of(answer)) == (422, True)
    assert view(house, "g-1").gone_ms is None


def test_a_guard_sees_and_does_nothing(house):
    mark = ask(house, Box("g-1"))
    browser = house.signed_in(Role.GUARD)
    page = words_of(browser.get("/gateways/g-1"))
    assert mark in page
    assert "let it join" not in page
    for step in ("confirm", "refuse", "revoke", "take-down"):
        assert browser.post(f"/gateways/g-1/{step}", mark=mark).status_code == 403
    assert not view(house, "g-1").enrolled
