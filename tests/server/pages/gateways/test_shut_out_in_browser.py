"""A gateway that was shut out, and one that was taken down, on every page that shows it, in real Chromium."""

import pytest

from server.services.gateways import gateways
from server.services.roles import Role
from tests.server.build import ADMIN, NOW_MS
from tests.server.pages.conftest import OWN_PASSWORD
from tests.server.pages.serving import serving
from tests.server.pages.visitors.test_visitors import GIVEN

PAGES = ("/live", "/gateways", "/gateways/g-1", "/points/south-gate-in/orders", "/muster", "/visitors/1", "/visit/cut")


@pytest.mark.parametrize(
    ("locale", "theme", "width", "gone"), [("en", "light", 1280, False), ("zh-CN", "dark", 820, True)]
)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    lived, open_page, axe, page_complaints, locale, theme, width, gone
):
    house = lived.house
    admin = house.signed_in(Role.ADMIN)
    admin.post("/visitors", **GIVEN)
    with house.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1", why="stolen")
        if gone:
            gateways.take_down(work, "g-1", why="seen")
    house.community.now[0] = NOW_MS + 24 * 3_600_000  # the taps are of yesterday, the pass is over
    with serving(house.site) as address:
        page = open_page(locale=locale, base_url=address, viewport={"width": width, "height": 900})
        page.goto("/login")
        page.locator("#name").fill(Role.ADMIN.value)
        page.locator("#password").fill(OWN_PASSWORD)
        page.locator("#password").press("Enter")
        page.wait_for_url(lambda url: not url.endswith("/login"))
        page.context.add_cookies([{"name": "onecard_theme", "value": theme, "url": page.url}])
        for path in PAGES:
            page.goto(path)
            assert axe(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        page_complaints.clear()  # the browser reports the page that is meant to be 404
        house.console.hub.close()
