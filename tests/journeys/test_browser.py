"""The browser journey: sign in with the one-time password, give a card, order a door open, watch the card's tap, revoke
it, watch the refusal.

Real Chromium, and every program of a community as its own process on nfcpy's reader stack.
"""

import re

import pytest
from playwright.sync_api import expect

from card_protocol.words.event import Event, EventKind
from onecard.demo.community import GATEWAY, HOME, SOUTH_IN
from onecard.demo.day import Manner
from onecard.demo.report import journal_facts
from server.services.people.cells import house_kept
from tests.journeys.inhabited import eventually
from tests.journeys.scene import open_scene

PASSWORD = "竹影 tall bamboo 47"
SLOW_MS = 30_000
"""How long a page may take to show what went through all programs on a busy machine."""


@pytest.fixture
def scene(tmp_path):
    with open_scene(tmp_path) as (stage, people):
        yield stage, people


def sign_in_and_choose_a_password(page, stage):
    page.goto(stage.folder.console_url)
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码", exact=True).fill(stage.password)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="设置您自己的密码")).to_be_visible()
    page.get_by_label("一次性密码").fill(stage.password)
    page.get_by_label("新密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输一次新密码").fill(PASSWORD)
    page.get_by_role("button", name="保存密码").click()
    expect(page.get_by_role("heading", name="初始设置")).to_be_visible()


def give_a_card(page, stage, person, resident):
    page.get_by_role("link", name="发卡台").click()
    page.get_by_label("搜索").fill(person.name)
    page.get_by_role("link", name=re.compile(person.name)).click()
    page.get_by_label(HOME.name_zh).check()
    page.get_by_role("button", name="下一步：把卡放到读卡器上").click()
    expect(page.get_by_text("请把空白卡放到读卡器上")).to_be_visible()
    with stage.people.card_on_desk(resident):
        expect(page.get_by_role("heading", name=re.compile("完成：.*号卡"))).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("link", name="查看这张卡").click()
    expect(page.get_by_text("使用中")).to_be_visible()


def wait_for_the_policy(page):
    page.locator("summary", has_text="更多").click()
    page.get_by_role("link", name="网关").click()
    row = page.get_by_role("row", name=re.compile("shanxian-1"))
    expect(row.get_by_text("在线")).to_be_visible(timeout=SLOW_MS)
    expect(row.get_by_text("最新")).to_have_count(2, timeout=SLOW_MS)


def order_a_door_open(page, stage):
    """Over the interface, signed through all programs, and back: the box's journal and the page both tell of it."""
    asked = {"action": "open_once", "point": SOUTH_IN.id, "why": "搬家公司"}
    number = stage.console._call("POST", f"/gateways/{GATEWAY}/commands", asked)["number"]
    assert eventually(lambda: became_of(stage, number) == "done"), became_of(stage, number)
    page.goto(f"{stage.folder.console_url}/gateways/{GATEWAY}#orders")
    row = page.get_by_role("row", name=re.compile("搬家公司"))
    expect(row.get_by_text("已完成")).to_be_visible()
    told = [Event.from_bytes(fact.body) for fact in journal_facts(stage.folder.box)]
    ours = [event.kind for event in told if event.detail.get("number") == number]
    assert ours == [EventKind.COMMAND_TAKEN, EventKind.COMMAND_DONE], "once, and in this order"


def became_of(stage, number):
    return stage.console._call("GET", f"/gateways/{GATEWAY}/commands/{number}", None)["state"]


def revoke(page):
    page.get_by_role("link", name="永久注销").click()
    expect(page.get_by_text("此卡将永远不能开门，且无法撤销。")).to_be_visible()
    page.get_by_label("原因").fill("已搬离")
    page.get_by_role("button", name="永久注销").click()
    expect(page.get_by_text("已全部拒绝")).to_be_visible(timeout=SLOW_MS)


def acknowledge(page, alarm, note):
    expect(page.locator("[data-alarm]").first).to_contain_text(alarm, timeout=SLOW_MS)
    page.locator("body").press("a")
    page.get_by_label("您看到或做了什么？").fill(note)
    page.keyboard.press("Enter")
    expect(page.get_by_text("当前没有报警。")).to_be_visible()


def test_from_the_first_password_to_a_refused_card(scene, open_page, page_complaints):
    stage, people = scene
    person = people[0]
    desk = open_page(locale="zh-CN")
    sign_in_and_choose_a_password(desk, stage)
    give_a_card(desk, stage, person, 0)
    card = desk.url

    gates = desk.context.new_page()
    gates.goto(stage.folder.console_url + "/live")
    expect(gates.get_by_text("实时", exact=True)).to_be_visible()
    tile = gates.locator(f"#tile-{SOUTH_IN.id}")
    expect(tile.get_by_text("在线")).to_be_visible(timeout=SLOW_MS)
    wait_for_the_policy(desk)
    order_a_door_open(desk, stage)

    stage.people.tap(0, SOUTH_IN.id, Manner.CALM)
    granted = gates.locator("#feed .tap").filter(has_text=person.name).first
    expect(granted.get_by_text("放行")).to_be_visible(timeout=SLOW_MS)
    expect(granted.get_by_text(house_kept(person.house))).to_be_visible()
    expect(tile.get_by_text(person.name)).to_be_visible()

    desk.goto(card)
    revoke(desk)
    stage.people.tap(0, SOUTH_IN.id, Manner.CALM)
    refused = gates.locator("#feed .tap").first
    expect(refused.get_by_text("拒绝")).to_be_visible(timeout=SLOW_MS)
    expect(refused.get_by_text("卡片已注销")).to_be_visible()
    expect(refused.get_by_text("请收回")).to_be_visible()
    acknowledge(gates, "有人使用已停用的卡", "卡已收回")
    assert page_complaints == []

    stage.gateway.kill()
    expect(tile.get_by_text("离线", exact=True)).to_be_visible(timeout=SLOW_MS)
    expect(gates.locator("[data-alarm]").first).to_contain_text("网关离线")
    stage.server.stop()
    bar = gates.locator("[data-live-bar]")
    expect(bar).to_contain_text("实时连接中断", timeout=SLOW_MS)
    stage._start_server()
    expect(bar).to_be_hidden(timeout=SLOW_MS)
    desk.context.close()
    page_complaints.clear()  # the browser tells of every call to a server that is not there
