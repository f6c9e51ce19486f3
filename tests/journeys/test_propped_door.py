"""A propped door that reaches the district and is closed.

The door is of wood and its reader simulated; libosdp, the line, the edge and its journal are real, and so are the
intake, the pages and the browser. Between the box and the server the journal's own bytes are carried by hand.
"""

import pytest
from playwright.sync_api import expect

from card_protocol.words.moment import DAY_MS
from server.pages.console import make_console
from server.pages.site import build_site
from server.services.incidents.incident_keeper import look
from server.services.roles import Role
from tests.edge.scenario import FOLDER
from tests.journeys.wooden_door import bring, sign_in, watched, written_at_the_door
from tests.server.build import COMMUNITY
from tests.server.incident_town import DISTRICT, build_town
from tests.server.pages.serving import serving

PEOPLE = {
    "guard": (Role.GUARD, COMMUNITY),
    "chen": (Role.OFFICIAL, DISTRICT),
    "wu": (Role.OFFICIAL, DISTRICT),
}


@pytest.fixture
def bodies(tmp_path):
    """What the box wrote down while somebody held the door open with a brick."""
    return written_at_the_door(tmp_path, FOLDER / "held.txt")


@pytest.fixture
def community(tmp_path):
    with watched(tmp_path, PEOPLE, build_town) as made:
        yield made


def deed(page, label: str, **fields: str) -> None:
    """Open what can be done by its name, fill it in, send it."""
    form = page.locator("details.deed", has=page.locator("summary", has_text=label))
    if form.get_attribute("open") is None:
        form.locator("summary").press("Enter")
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button", name=label).press("Enter")
    page.wait_for_load_state()


def test_a_propped_door_reaches_the_district_and_is_closed(bodies, community, open_page, axe):
    console = make_console(community.house, "b0", secure_cookies=False)
    console.board.start()
    with serving(build_site(console)) as site:
        gates = sign_in(open_page, site, "guard", "/live")
        expect(gates.locator("body")).to_have_attribute("data-live-state", "on")
        bring(community, community.box(), bodies)
        expect(gates.locator("[data-alarm]").first).to_contain_text("门久开未关")
        gates.locator("body").press("i")
        expect(gates.get_by_label("用一行写明是什么事")).to_have_value("门久开未关：南门进")
        assert axe(gates) == []
        gates.get_by_label("何人看到什么").fill("门下垫着砖头")
        gates.get_by_role("button", name="上报").press("Enter")
        expect(gates.get_by_role("heading", name="1号事件")).to_be_visible()
        deed(gates, "立案")
        expect(gates.get_by_text("已立案").first).to_be_visible()

        for number in (1, 2):
            community.now[0] += number * 3 * DAY_MS
            assert look(community.transactions, COMMUNITY) == [1]
        district = sign_in(open_page, site, "chen", "/incidents")
        expect(district.get_by_text("曾超时2次")).to_be_visible()
        district.get_by_role("link", name="1 号").click()
        deed(district, "立案")
        deed(district, "派遣", person="锁匠胡师傅")
        deed(district, "开始处置")
        deed(district, "处置完成", why="换了闭门器")
        expect(district.get_by_text("待核查").first).to_be_visible()
        expect(district.locator("summary", has_text="结案")).to_have_count(0)

        second = sign_in(open_page, site, "wu", "/incidents")
        second.goto("/incidents/1")
        assert axe(second) == []
        deed(second, "结案", why="吴9:00到场，门能自行关闭")
        expect(second.get_by_text("已结案").first).to_be_visible()
        second.goto("/incidents/1/file")
        for said in ("门下垫着砖头", "超时 → 已上报 · 上塘街道", "换了闭门器", "吴9:00到场，门能自行关闭"):
            expect(second.get_by_text(said).first).to_be_visible()
        gates.goto("/live")
        expect(gates.get_by_text("当前没有报警。")).to_be_visible()
        console.hub.close()
    console.board.stop()
