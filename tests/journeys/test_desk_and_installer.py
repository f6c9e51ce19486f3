"""Two people do their whole job in the browser: a clerk at the card desk, and an installer with a new box.

Every program runs as its own process, and all readers are real PC/SC readers (pcscd with vpcd): a card is personalised
through the browser, the server, the desk agent, pyscard and pcscd. The two share one community, in any order.
"""

import re

import pytest
from playwright.sync_api import expect

from onecard.demo.community import GATEWAY, HOME, SOUTH_IN, UNIT_DOOR, Resident
from onecard.demo.day import Manner
from onecard.demo.folder import Folder, Places
from onecard.demo.hall import open_hall
from onecard.demo.options import ReaderStack
from onecard.demo.stage import _shown_by, standing
from onecard.free_ports import free_port
from server.services.lists.sheet_out import xlsx
from server.services.roles import Role
from tests.journeys.inhabited import eventually
from tests.journeys.new_box import NAME, READERS, NewBox
from tests.journeys.staffed import Staffed

pytestmark = pytest.mark.pcscd

SLOW_MS = 60_000
"""How long a page may take to show what went through all programs on a busy machine."""

PEOPLE = 300
FIRST = "王李张刘陈杨赵黄周吴"
GIVEN = "秀英建国桂兰志明玉珍国强淑芬海燕文斌雪梅永康丽华春生美玲德福晓东金凤立新月娥伟民爱华长根素琴一鸣"
GIVEN += "巧云新荣彩虹子涵福生慧敏宝珠正平若曦根法"
WRONG = {"电话": ("1.38E+10", "4711"), "房号": ("3月2日", "3-1-502"), "身份证号": ("3.30106E+17", "")}
"""Column -> (what Excel has made of it, what the clerk types instead)."""
INSTEAD = {"电话": "4711", "门牌": "3-1-502", "身份证号": ""}
"""The same by the names that the page has for the columns."""

WRONG_ROWS = 12


class Quiet(Staffed):
    """Nobody has a card yet; it stays night, at two doors of the six."""

    def set_up(self) -> list[Resident]:
        super().set_up()
        assert self.night is not None
        self.folder.write_edge(self.night, (SOUTH_IN, UNIT_DOOR))
        self.edge.start(self._environment)
        self.gateway.start(self._environment)
        self._wait(self._policy_applied, self.gateway, "the gateway's policy")
        return []

    def _issue_cards(self, _console: object) -> list[Resident]:
        return []


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with open_hall(ReaderStack.PCSC) as hall:
        folder = Folder(tmp_path_factory.mktemp("community"), Places(free_port(), free_port(), hall))
        with standing(Quiet(folder, lambda _en, _zh: None)) as quiet:
            quiet.set_up()
            yield quiet


def the_list() -> bytes:
    """Three hundred residents as a community office keeps them; every 25th row has something that Excel has ruined."""
    rows, columns = [], list(WRONG)
    for number in range(PEOPLE):
        given = 2 * (number // len(FIRST))
        name = FIRST[number % len(FIRST)] + GIVEN[given : given + 2]
        cells = {"电话": f"138{number:08}", "房号": f"{number // 60 + 1}-1-{number % 60 + 101}", "身份证号": ""}
        if number % (PEOPLE // WRONG_ROWS) == 0:
            column = columns[number // (PEOPLE // WRONG_ROWS) % len(columns)]
            cells[column] = WRONG[column][0]
        rows.append([name, *cells.values()])
    return xlsx(["姓名", *columns], rows)


def import_the_list(page):
    page.get_by_role("link", name="人员", exact=True).click()
    page.get_by_role("link", name="Excel 名册导入").click()
    page.get_by_label("选择文件").set_input_files(
        {"name": "居民名册.xlsx", "mimeType": "application/vnd.ms-excel", "buffer": the_list()}
    )
    page.get_by_role("button", name="读取并预览").click()
    page.get_by_role("button", name="检查全部行").press("Enter")
    wrong = page.locator(".mend [aria-invalid=true]")
    expect(wrong).to_have_count(WRONG_ROWS, timeout=SLOW_MS)
    for left in range(WRONG_ROWS, 0, -1):
        label = page.locator(f"label[for='{wrong.first.get_attribute('id')}']").inner_text()
        wrong.first.fill(INSTEAD[label])
        wrong.first.press("Enter")
        expect(wrong).to_have_count(left - 1)
    page.get_by_role("button", name=re.compile(f"导入.*新增 {PEOPLE}")).press("Enter")
    expect(page.get_by_text(re.compile(f"新增 {PEOPLE}")).first).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("已导入").first).to_be_visible(timeout=SLOW_MS)


def put_a_card_on_the_reader(page, stage, card):
    """From the form that names the person to the finished card."""
    page.get_by_label(HOME.name_zh).check()
    page.get_by_role("button", name="下一步：把卡放到读卡器上").press("Enter")
    expect(page.get_by_text("请把空白卡放到读卡器上")).to_be_visible()
    with stage.people.card_on_desk(card):
        expect(page.get_by_role("heading", name=re.compile("完成：.*号卡"))).to_be_visible(timeout=SLOW_MS)
    stage._wait(stage.console.desk_empty, stage.desk, "an empty desk")


def give_a_card(page, stage, name, card):
    page.keyboard.press("F2")
    page.get_by_label("搜索").fill(name)
    page.get_by_role("link", name=re.compile(name)).first.press("Enter")
    put_a_card_on_the_reader(page, stage, card)


@pytest.mark.timeout(600)
def test_the_desk(stage, open_page, page_complaints):
    """A list is mended and taken over, three cards given, one lost and replaced, its receipt complete everywhere."""
    page = open_page(locale="zh-CN")
    stage.sign_in(page, Role.CLERK)
    import_the_list(page)
    names = [FIRST[number] + GIVEN[:2] for number in (1, 2, 3)]
    for card, name in enumerate(names):
        page.goto(f"{stage.folder.console_url}/desk")
        give_a_card(page, stage, name, card)

    page.goto(f"{stage.folder.console_url}/holders?q={names[0]}")
    page.get_by_role("link", name=names[0], exact=True).press("Enter")
    page.get_by_role("link", name=re.compile("1 号")).first.press("Enter")
    page.get_by_role("link", name="挂失").press("Enter")
    page.get_by_label("原因").fill("落在公交车上")
    page.get_by_role("button", name="同上，并立即补发新卡").press("Enter")
    receipt = page.locator("#receipt")
    expect(receipt).to_contain_text("1 号卡的停用回执")
    expect(page.get_by_label(HOME.name_zh)).to_be_checked()
    put_a_card_on_the_reader(page, stage, len(names))
    expect(receipt.get_by_role("row", name=GATEWAY)).to_contain_text("拒绝", timeout=SLOW_MS)
    # The installer's box, where it was here before: it is shut out, so it can never say that it refuses.
    expect(receipt).to_contain_text("尚未全部生效" if shut_out(stage) else "已全部拒绝")
    receipt.get_by_role("link", name="打印页").press("Enter")
    expect(page.get_by_role("heading", name="1 号卡的停用回执").first).to_be_visible()
    assert page_complaints == []

    refused = stage.console._call("GET", "/cards?q=1&limit=50", None)["items"]
    assert {card["state"] for card in refused if card["number"] == 1} == {"lost"}
    stage.people.tap(0, SOUTH_IN.id, Manner.CALM)
    stage.people.tap(len(names), SOUTH_IN.id, Manner.CALM)
    assert eventually(lambda: verdicts(stage) == ["lost", "granted"]), verdicts(stage)


def shut_out(stage):
    """Whether the installer's box has come and gone."""
    return any(box["revoked"] for box in stage.console._call("GET", "/gateways", None)["items"])


def verdicts(stage):
    """Of the taps at the south gate, in order."""
    taps = stage.console._call("GET", f"/events?kind=tap&point={SOUTH_IN.id}", None)["items"]
    return [tap["reason"] for tap in reversed(taps)]


@pytest.fixture
def box(stage, tmp_path):
    new = NewBox(stage, tmp_path / "north")
    yield new
    new.stop()
    # A box that is gone for good: nobody waits for it.
    stage.console._call("POST", f"/gateways/{NAME}/revoke", {"why": "the journey is over"})


@pytest.mark.timeout(600)
def test_the_installer(stage, box, open_page, page_complaints):
    """A gateway is enrolled, two readers are added, and the first tap is seen where the installer stands."""
    page = open_page(locale="zh-CN")
    stage.sign_in(page, Role.INSTALLER)
    page.get_by_role("link", name="网关", exact=True).click()
    page.get_by_role("link", name="添加网关").click()
    page.get_by_label("网关名称").fill(NAME)
    page.get_by_label("地点").fill("北门")
    page.get_by_role("button", name="生成接入码").press("Enter")
    joining = box.begin_joining(page.locator("#claim").inner_text(), page.locator("#mark").inner_text())
    page.get_by_role("link", name="前往该网关").click()
    asked = page.locator("[role=status] .claim")
    expect(asked).to_be_visible(timeout=SLOW_MS)
    assert asked.inner_text() == _shown_by(joining), "what the page shows stands on the box"
    page.get_by_role("button", name="一致：允许加入").press("Enter")
    assert joining.wait(SLOW_MS / 1000) == 0, joining.tail()

    for point, way in zip(READERS, ("进", "出"), strict=True):
        page.get_by_role("link", name="添加点位").press("Enter")
        page.get_by_label("点位标识").fill(point)
        page.get_by_label("中文名称").fill(f"北门{way}")
        page.get_by_label("通行方向").select_option(label=way)
        page.get_by_label("由此进入的区域").fill("compound")
        page.get_by_role("button", name="添加点位").press("Enter")
        expect(page.locator("section", has=page.locator("#points"))).to_contain_text(f"北门{way}")
    box.run()
    expect(page.get_by_text("在线").first).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("最新").first).to_be_visible(timeout=SLOW_MS)

    page.get_by_role("link", name="实时门禁").click()
    tile = page.locator("#tile-north-in")
    expect(tile.get_by_text("在线")).to_be_visible(timeout=SLOW_MS)
    stage.people.tap(39, READERS["north-in"], Manner.CALM)
    tap = page.locator("#feed .tap").filter(has_text="北门进").first
    expect(tap.get_by_text("拒绝")).to_be_visible(timeout=SLOW_MS)
    expect(tap.get_by_text("有人")).to_be_visible()
    assert page_complaints == []
