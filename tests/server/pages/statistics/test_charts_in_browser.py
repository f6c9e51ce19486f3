"""Charts in real Chromium: drawn under the strict policy, from the table below them, and a click leads on."""

import pytest
from playwright.sync_api import expect

from server.services.roles import Role
from tests.server.pages.conftest import OWN_PASSWORD
from tests.server.pages.serving import serving


@pytest.fixture
def site(lived):
    with serving(lived.house.site) as address:
        yield address
        lived.house.console.hub.close()


def test_a_chart_is_drawn_from_its_table_and_leads_on(lived, site, open_page, axe, page_complaints):
    lived.house.signed_in(Role.ADMIN)
    page = open_page(locale="en", base_url=site)
    page.goto("/login")
    page.locator("#name").fill("admin")
    page.locator("#password").fill(OWN_PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/live")
    page.goto("/statistics/gates?days=7")
    expect(page.locator('.chart[data-drawn="true"]')).to_have_count(page.locator(".chart").count())
    expect(page.locator('[data-chart-of="t-refused"] canvas')).to_be_visible()
    drawn = page.evaluate(
        """async () => {
             const { read, option } = await import(document.querySelector('script[src*="statistics.js"]').src);
             const table = document.getElementById("t-refused");
             return option("bar", read(table), "#000", "#888");
           }"""
    )
    names = page.locator("#t-refused tbody th").all_inner_texts()
    assert drawn["xAxis"]["data"] == names
    assert drawn["series"][0]["data"] == [int(one) for one in page.locator("#t-refused tbody td").all_inner_texts()]
    assert drawn["tooltip"]["renderMode"] == "richText"
    box = page.locator('[data-chart-of="t-refused"] canvas').bounding_box()
    assert box is not None
    page.evaluate(
        """() => {
             const chart = window.echarts.getInstanceByDom(document.querySelector('[data-chart-of="t-refused"]'));
             chart.trigger("click", { dataIndex: 0 });
           }"""
    )
    page.wait_for_url("**/events?kind=tap&reason=*")
    assert axe(page) == []
    assert page_complaints == []
