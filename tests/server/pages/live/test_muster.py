"""The muster page: figures, names, what is not certain, in both languages."""

import pytest
from sqlmodel import select

from server.services.gateways import gateways
from server.services.roles import Role
from server.tables import AuditRow
from tests.server.build import ADMIN, NOW_MS
from tests.server.inside import MINUTE_MS, Place
from tests.server.pages.conftest import OWN_PASSWORD, words_of
from tests.server.pages.serving import serving


@pytest.fixture
def place(house) -> Place:
    place = Place(house.community)
    place.tap("李秀兰", "yard-in", 1)
    place.tap("王建国", "yard-in", 2)
    place.tap("王建国", "lawn", 3)
    house.community.now[0] = NOW_MS + 5 * MINUTE_MS
    return place


def test_figures_and_names(house, place):
    page = words_of(house.signed_in(Role.GUARD).get("/muster"))
    assert "Still inside: 1" in page
    assert "李秀兰" in page
    assert "At a muster point: 1" in page
    assert "All its gateways report" in page
    assert "seen by guard" in page, "a printed list says whose it is"


def test_what_is_not_certain_says_so_and_whom_to_ask(house, place):
    place.say("g-1", online=False)
    page = words_of(house.signed_in(Role.GUARD).get("/muster?area=yard"))
    assert "at least 1" in page
    assert "is silent since 2026-03-01 08:05:00" in page


def test_a_gateway_that_was_shut_out_is_not_called_silent(house, place):
    with house.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1", why="stolen")
    guard = house.signed_in(Role.GUARD)
    page = words_of(guard.get("/muster?area=yard"))
    assert "Gateway shut out South gate" in page
    assert "silent" not in page
    with house.transactions.work(ADMIN) as work:
        gateways.take_down(work, "g-1")
    assert "Gateway taken down South gate" in words_of(guard.get("/muster?area=yard"))


def test_in_chinese(house, place):
    place.say("g-2", online=False)
    page = words_of(house.signed_in(Role.GUARD, **{"accept-language": "zh-CN"}).get("/muster"))
    assert "至多 1" in page
    assert "院子" in page
    assert "仍在里面：1 人" in page


def test_the_list_that_the_page_fetches_by_itself_leaves_no_trace_and_opening_it_does(house, place):
    browser = house.signed_in(Role.GUARD)
    browser.get("/muster?area=yard")
    browser.get("/muster?area=yard", **{"hx-request": "true"})
    with house.transactions.read() as session:
        entries = list(session.exec(select(AuditRow).where(AuditRow.action == "muster.read")))
    assert [(entry.actor, entry.subject) for entry in entries] == [("user:guard", "area:yard")]


def test_a_nurse_learns_of_nobody(house, place):
    assert house.signed_in(Role.NURSE).get("/muster").status_code == 403


def test_nobody_inside(house):
    page = words_of(house.signed_in(Role.GUARD).get("/muster"))
    assert "Nobody is known to be inside." in page


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_in_a_browser_and_on_paper(house, place, open_page, axe, locale, tmp_path):
    place.say("g-2", online=False)
    house.signed_in(Role.GUARD)
    with serving(house.site) as address:
        page = open_page(locale=locale, base_url=address, viewport={"width": 1280, "height": 900})
        page.goto("/login")
        page.locator("#name").fill("guard")
        page.locator("#password").fill(OWN_PASSWORD)
        page.locator("#password").press("Enter")
        page.wait_for_url("**/live")
        page.goto("/muster")
        assert axe(page) == []
        assert page.is_hidden(".tick-box")
        page.screenshot(path=tmp_path / "screen.png", full_page=True)
        page.emulate_media(media="print")
        assert page.is_visible(".tick-box"), "a list on paper is ticked off by hand"
        assert page.is_hidden(".console-bar")
        page.screenshot(path=tmp_path / "paper.png", full_page=True)
        house.console.hub.close()
