"""A meeting with quorum, on both reader stacks: a branch is invited, cards and names sign in, a card in another's hand
is struck out, and it begins when enough are there."""

from datetime import date

import pytest
from playwright.sync_api import expect

from card_protocol.profiles.membership import Standing
from onecard.demo.community import ACTIVITY, COMMUNITY, SOUTH_IN
from onecard.demo.day import Manner
from onecard.demo.options import ReaderStack
from server.services.party import members
from server.services.party.members import MemberIn
from server.services.people import holders
from server.services.people.consents import Purpose
from server.services.people.holders import HolderIn
from server.services.roles import Role
from server.services.work import SYSTEM
from tests.journeys.care_day import CareStage, open_care

SLOW_MS = 30_000
BRANCH = "第一支部"
WITHOUT_CARDS = ("赵永康", "黄丽华")
HOUSE = "14幢2单元1101室"
FITS = "buttons => buttons.every(button => button.scrollWidth <= button.clientWidth)"


# The quicker stack once more in `make soak`.
@pytest.fixture(
    params=[
        pytest.param(ReaderStack.NFC, marks=pytest.mark.soak),
        pytest.param(ReaderStack.PCSC, marks=pytest.mark.pcscd),
    ]
)
def stage(request, tmp_path):
    with open_care(tmp_path, CareStage, request.param) as standing:
        yield standing


def enter_branch(stage):
    """Three with cards, two without; those with cards consented to being noted."""
    for index in range(3):
        stage.consent(index, Purpose.ACTIVITY)
    with stage.data_base().work(SYSTEM) as work:
        others = [holders.add(work, COMMUNITY[0], HolderIn(name=name, house=HOUSE)).id for name in WITHOUT_CARDS]
        for holder in (*stage.holders, *others):
            members.put(work, holder, MemberIn(standing=Standing.FULL, branch=BRANCH, since=date(2001, 7, 1)))


def test_from_the_call_to_the_certificate(stage, open_page, page_complaints):
    enter_branch(stage)
    page = open_page(locale="zh-CN")
    stage.sign_in(page, Role.PARTY)
    page.goto(stage.folder.console_url + "/activities/_new")
    page.get_by_label("支部党员大会").check()
    page.get_by_label("名称").fill("十一月支部党员大会")
    page.get_by_label("刷卡签到点位").select_option(ACTIVITY.id)
    page.get_by_label("法定人数").select_option("more_than_half")
    page.get_by_label("参加者积分").fill("2")
    page.get_by_role("button", name="保存").click()
    page.get_by_label("党支部").select_option(BRANCH)
    page.get_by_role("button", name="邀请该支部").click()
    expect(page.get_by_text("应到 5 人")).to_be_visible()
    screen = page.context.new_page()
    screen.goto(page.get_by_role("link", name="全屏签到").evaluate("link => link.href"))
    expect(screen.get_by_text("距法定人数还差 3 人")).to_be_visible()
    assert screen.locator(".sign-in-names button").evaluate_all(FITS), "a house does not run into its neighbour"

    for index, more in ((0, "距法定人数还差 2 人"), (1, "距法定人数还差 1 人"), (2, "已达法定人数：3 / 3")):
        stage.people.tap(index, ACTIVITY.id, Manner.CALM)
        expect(screen.get_by_text(more)).to_be_visible(timeout=SLOW_MS)
    expect(screen.get_by_text("王秀英").first).to_be_visible()

    third = page.locator(f"[data-person='{stage.holders[2]}']")
    expect(third).to_contain_text("已到", timeout=SLOW_MS)
    third.get_by_text("他人持卡").click()
    third.get_by_label("何人持卡，何人看见？").fill("邻居持卡，书记在门口看见")
    third.get_by_role("button", name="撤销签到").click()
    expect(third).to_contain_text("已撤销：他人持卡")
    expect(page.get_by_role("button", name="开始")).to_have_count(0)
    expect(screen.get_by_text("距法定人数还差 1 人")).to_be_visible(timeout=SLOW_MS)

    screen.get_by_role("button", name=WITHOUT_CARDS[0]).click()
    screen.get_by_role("button", name="同意并签到").click()
    expect(screen.get_by_text("已达法定人数：3 / 3")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="开始").click()
    page.get_by_role("button", name="会议结束").click()

    page.get_by_role("link", name="缺席名单").click()
    for name in (WITHOUT_CARDS[1], "已撤销：他人持卡"):
        expect(page.get_by_text(name).first).to_be_visible()
    expect(page.get_by_text(WITHOUT_CARDS[0])).to_have_count(0)
    page.goto(f"{stage.folder.console_url}/activities/1/certificates/{stage.holders[0]}")
    expect(page.get_by_text("王秀英")).to_be_visible()
    expect(page.get_by_text("积分：2")).to_be_visible()
    nobody_else_sees_it(stage)
    assert page_complaints == []


def nobody_else_sees_it(stage):
    """What guards see of events has no activity in it, and who organises activities finds no Party meeting."""
    stage.people.tap(0, SOUTH_IN.id, Manner.CALM)
    seen = stage.client(Role.GUARD).get("/events", params={"limit": 100}).json()["items"]
    assert ACTIVITY.id not in {event["point"] for event in seen}
    organiser = stage.client(Role.ORGANISER)
    assert organiser.get("/activities").json()["items"] == []
    assert organiser.get("/activities/1").status_code == 404
    assert organiser.get("/party/members").status_code == 403
