"""A propped door that reaches the district and is closed.

The door is of wood and its reader simulated; libosdp, the line, the edge and its journal are real, and so are the
intake, the pages and the browser. Between the box and the server the journal's own bytes are carried by hand.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from card_protocol.wire.topics import Channel, topic
from card_protocol.words.moment import DAY_MS
from gateway.app import open_box
from server.intake.processor import Message, Processor
from server.pages.console import make_console
from server.pages.site import build_site
from server.services.incidents.incident_keeper import look
from server.services.roles import Role
from server.services.users import users
from server.services.users.users import UserIn
from server.services.work import SYSTEM
from server.tables.engine import make_engine
from tests.edge.scenario import FOLDER, play, read
from tests.edge.scenario_real import Real
from tests.server.build import COMMUNITY, Community, make_community
from tests.server.incident_town import DISTRICT, build_town
from tests.server.pages.serving import serving

PASSWORD = "tall bamboo by the canal"
PEOPLE = {
    "guard": (Role.GUARD, COMMUNITY),
    "chen": (Role.OFFICIAL, DISTRICT),
    "wu": (Role.OFFICIAL, DISTRICT),
}


@pytest.fixture
def bodies(tmp_path: Path) -> list[bytes]:
    """What the box wrote down while somebody held the door open with a brick."""
    stage = Real(tmp_path)
    try:
        play(read(FOLDER / "held.txt"), stage)
    finally:
        stage.close()
    with open_box(tmp_path / "box") as box:
        return [item.body for item in box.journal.read(1, 1000)]


@pytest.fixture
def community(tmp_path: Path) -> Iterator[Community]:
    engine = make_engine(f"sqlite:///{tmp_path / 'server.db'}")
    made = make_community(engine)
    build_town(made)
    for name, (role, unit) in PEOPLE.items():
        with made.transactions.work(SYSTEM) as work:
            view, once = users.add(work, made.house.passwords, UserIn(name=name, role=role, org=unit))
            users.change_password(work, made.house.passwords, view.id, once, PASSWORD)
    yield made
    engine.dispose()


def bring(community: Community, bodies: list[bytes]) -> None:
    box = community.box()
    box.append(*bodies)
    message = Message(topic(box.name, Channel.EVENTS), box.sealed("batch", box.batch(1, len(bodies))))
    assert Processor(community.transactions, community.house.keystore).process([message]).refused == 0


def sign_in(open_page, site: str, name: str):
    page = open_page(locale="zh-CN", base_url=site)
    page.goto("/login")
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/live" if name == "guard" else "**/incidents")
    return page


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
        gates = sign_in(open_page, site, "guard")
        expect(gates.locator("body")).to_have_attribute("data-live-state", "on")
        bring(community, bodies)
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
        district = sign_in(open_page, site, "chen")
        expect(district.get_by_text("曾超时2次")).to_be_visible()
        district.get_by_role("link", name="1 号").click()
        deed(district, "立案")
        deed(district, "派遣", person="锁匠胡师傅")
        deed(district, "开始处置")
        deed(district, "处置完成", why="换了闭门器")
        expect(district.get_by_text("待核查").first).to_be_visible()
        expect(district.locator("summary", has_text="结案")).to_have_count(0)

        second = sign_in(open_page, site, "wu")
        second.goto("/incidents/1")
        assert axe(second) == []
        deed(second, "结案", why="吴9:00到场，门能自行关闭")
        expect(second.get_by_text("已结案").first).to_be_visible()
        second.goto("/incidents/1/file")
        for said in ("门下垫着砖头", "超时，自动上报上级", "换了闭门器", "吴9:00到场，门能自行关闭"):
            expect(second.get_by_text(said).first).to_be_visible()
        gates.goto("/live")
        expect(gates.get_by_text("当前没有报警。")).to_be_visible()
        console.hub.close()
    console.board.stop()
