"""The gate house's scanner in real Chromium: what a code comes to is on the screen, under however many taps."""

import pytest
from playwright.sync_api import expect

from server.services.roles import Role
from tests.server.pages.conftest import OWN_PASSWORD
from tests.server.pages.serving import serving
from tests.server.pages.visitors.test_gate_house import printed
from tests.server.pages.visitors.test_visitors import GIVEN

A_FULL_FEED = 50
HEIGHT = 900
ONE_LINE = 110
"""Pixels of a field with its label in a card."""


@pytest.fixture(params=[1280, 820])
def page(request, lived, open_page):
    house = lived.house
    for _ in range(A_FULL_FEED):
        house.tap(lived.active)
    house.signed_in(Role.GUARD).post("/visitors", **GIVEN)
    with serving(house.site) as address:
        page = open_page(locale="en", base_url=address, viewport={"width": request.param, "height": HEIGHT})
        page.goto("/login")
        page.locator("#name").fill(Role.GUARD.value)
        page.locator("#password").fill(OWN_PASSWORD)
        page.locator("#password").press("Enter")
        page.wait_for_url("**/live")
        expect(page.locator(".tap")).not_to_have_count(0)
        yield page
        house.console.hub.close()


def test_the_verdict_and_the_button_are_on_the_screen_beside_the_alarms(page, lived, axe):
    assert page.locator(".scanner").bounding_box()["height"] <= ONE_LINE, "nobody uses it: one line"
    page.keyboard.type(printed(lived.house))
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Open South gate, in")
    for seen in (page.locator(".scanned-verdict"), button, page.locator("#alarms-place .alarm").first):
        expect(seen).to_be_in_viewport(ratio=0.9)
    expect(page.locator("#scanner-code")).to_be_focused()
    assert axe(page) == []
    button.click()
    expect(page.locator("#scanned")).to_contain_text("South gate, in is opening.")
    expect(page.locator("#scanned .alert")).to_be_in_viewport(ratio=1)


def test_whoever_reads_far_down_among_the_taps_is_brought_to_the_verdict(page, lived):
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.keyboard.type(printed(lived.house))
    page.keyboard.press("Enter")
    expect(page.locator(".scanned-verdict")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Open South gate, in")).to_be_in_viewport(ratio=1)
    page.locator("#scanner-code").blur()
    page.keyboard.press("v")
    expect(page.locator("#scanner-code")).to_be_focused()
