"""The care board on a screen."""

import re

from playwright.sync_api import expect

from server.services.care import care_cases, care_keeper, care_watch
from server.services.care.care_case import Stage
from server.services.care.care_watch import WatchIn
from server.services.people import consents
from server.services.people.consents import Purpose
from server.services.roles import Role
from tests.server.build import ADMIN
from tests.server.pages.conftest import OWN_PASSWORD, words_of
from tests.server.pages.serving import serving
from tests.server.services.care.test_care_watch import home
from tests.server.services.care.test_home_visits import tap


def watched(house, name="王秀英"):
    person = house.community.holder(name)
    with house.transactions.work(ADMIN) as work:
        care_watch.put(work, person.id, WatchIn(contact_name="小王", contact_phone="13800001111"))
        consents.say(work, person.id, Purpose.NOT_SEEN, True)
    return person.id


def test_a_case_is_worked_on_from_the_board(house):
    browser = house.signed_in(Role.CARE)
    assert "Nobody is looked after yet." in words_of(browser.get("/care"))
    holder = watched(house)
    assert "Nobody is missed." in words_of(browser.get("/care"))
    assert browser.post(f"/care/people/{holder}/case", note="milk at the door").headers["location"] == "/care"
    with house.transactions.read() as session:
        (case,) = care_cases.of_person(session, holder)
    board = words_of(browser.get("/care"))
    assert "Call them" in board
    assert "13800001111" in board
    assert re.search(r"Somebody is worried [^:]+: milk at the door", board)
    assert browser.post(f"/care/cases/{case.id}", deed="not_reached", note="twice").status_code == 303
    assert "Call their contact" in words_of(browser.get("/care", **{"hx-request": "true"}))
    assert browser.post(f"/care/cases/{case.id}", deed="helped").status_code == 303
    assert "Alarms of the last 90 days: 1 true" in words_of(browser.get("/care"))
    assert browser.post(f"/care/cases/{case.id}", deed="well").status_code == 409
    assert browser.post(f"/care/cases/{case.id}", deed="overdue").status_code == 422
    assert "twice" in words_of(browser.get(f"/care/people/{holder}"))


def test_a_person_is_entered_goes_away_and_comes_back(house):
    home(house.community)
    person = house.community.holder()
    browser = house.signed_in(Role.CARE)
    path = f"/care/people/{person.id}"
    assert "not given" in words_of(browser.get(path))
    entered = {"contact_name": "小王", "contact_phone": "0571 1234", "home_point": "home-1"}
    assert browser.post(path, **entered).headers["location"] == path
    refused = browser.post(path, contact_name="小李", contact_phone="call me")
    assert refused.status_code == 422
    assert all(f'value="{typed}"' in refused.text for typed in ("小李", "call me"))
    assert browser.post(path, home_point="clinic").status_code == 422
    assert browser.post(f"{path}/absence", kind="away", until="2026-03-09").status_code == 303
    assert "Back again" in words_of(browser.get(path))
    assert browser.post(f"{path}/absence", kind="away", until="2020-01-01").status_code == 422
    assert browser.post(f"{path}/absence", kind="").status_code == 303
    assert "Back again" not in words_of(browser.get(path))
    assert browser.post(f"/care/people/{house.community.holder('李').id}/absence", kind="away").status_code == 404


def test_of_whom_nothing_is_looked_at_nothing_is_said(house):
    browser = house.signed_in(Role.CARE)
    holder = watched(house)
    path = f"/care/people/{holder}"
    for shown in (words_of(browser.get(path)), words_of(browser.get("/care"))):
        assert "Not seen in six weeks" not in shown, "before the first look"
        assert "Not looked at yet" in shown
    care_keeper.look(house.transactions)
    assert "Not seen in six weeks" in words_of(browser.get(path))
    with house.transactions.work(ADMIN) as work:
        consents.say(work, holder, Purpose.NOT_SEEN, False)
    shown = words_of(browser.get(path))
    assert "not given" in shown
    assert "Not seen in six weeks" not in shown
    assert "Learned from" not in shown


def test_visits_as_a_page_and_a_file(house):
    home(house.community)
    worker = house.community.active_card()
    tap(house.community, worker.id, 600, 1)
    tap(house.community, worker.id, 625, 2)
    browser = house.signed_in(Role.CARE)
    assert "25" in words_of(browser.get("/care/visits?day=2026-03-01"))
    assert "No visit on this day." in words_of(browser.get("/care/visits?day=2026-03-02"))
    assert browser.get("/care/visits/list.xlsx").status_code == 200
    early, present = (house.community.active_card(f"0401020304050{n}") for n in (7, 8))
    tap(house.community, early.id, 200, 3)
    assert "no tap when going" in words_of(browser.get("/care/visits"))
    assert "still there" not in words_of(browser.get("/care/visits"))
    tap(house.community, present.id, 470, 4)
    assert "still there" in words_of(browser.get("/care/visits")), "ten minutes ago; it is eight o'clock"
    assert browser.get("/care/visits/list.pdf").status_code == 404


def test_nobody_else_sees_the_board(house):
    for role in (Role.GUARD, Role.NURSE, Role.CLERK, Role.ADMIN, Role.OFFICIAL):
        assert house.signed_in(role).get("/care").status_code == 403, role


def test_by_keyboard_the_next_figure_means_the_same_case(house, open_page, axe):
    for holder in (watched(house), watched(house, "李建国")):
        with house.transactions.work(ADMIN) as work:
            care_cases.open_case(work, holder, by_hand=True)
    house.signed_in(Role.CARE)
    with serving(house.site) as address:
        page = open_page(locale="en", base_url=address)
        page.goto("/login")
        page.locator("#name").fill("care")
        page.locator("#password").fill(OWN_PASSWORD)
        page.locator("#password").press("Enter")
        page.wait_for_url(lambda address: not address.endswith("/login"))
        page.goto("/care")
        page.keyboard.press("j")
        page.keyboard.press("j")
        case = page.evaluate("document.activeElement.dataset.case")
        with page.expect_navigation():
            page.keyboard.press("1")
        expect(page.locator(f'[data-case="{case}"]')).to_be_focused()
        with page.expect_navigation():
            page.keyboard.press("1")
        expect(page.locator(f'[data-case="{case}"]')).to_be_focused()
        assert axe(page) == []
        house.console.hub.close()
    with house.transactions.read() as session:
        assert care_cases.get(session, case).stage == Stage.COMMUNITY
