"""A clinic morning, a lunch with the network down, and a lost card whose money follows its owner, in one community.

Clinic: taps give numbers, the screen masks names, who has not consented is a number and no more. Lunch: thirty meals at
two stations, and books that agree with the cards to the last fen. Who was at the clinic eats like anybody else.
"""

import re

import pytest
from playwright.sync_api import expect

from onecard.demo.acts import wait_for_sync
from onecard.demo.community import ACTIVITY, CARE, CLINIC, DESK, SOUTH_IN
from onecard.demo.day import Manner
from onecard.demo.options import ReaderStack
from server.services.people.consents import Purpose
from server.services.roles import Role
from tests.journeys.care_day import ALL_DAY, PRICE, CareStage, open_care
from tests.support.patience import eventually

GUESTS = 15
MEALS = 2 * GUESTS
LOSER = GUESTS
"""Resident, by index, who has paid in, eats nothing and loses the card."""

NEW_CARD = GUESTS + 1
FEN = 5000
SLOW_MS = 30_000


class Town(CareStage):
    guests = GUESTS + 1
    fen = FEN
    speed = 20
    """What a station has to be silent about for a minute is over in three seconds."""


# The slower stack once more in `make soak`.
@pytest.fixture(
    scope="module",
    params=[ReaderStack.NFC, pytest.param(ReaderStack.PCSC, marks=[pytest.mark.pcscd, pytest.mark.soak])],
)
def stage(request, tmp_path_factory):
    """To stand a community up takes longer than a day in it: both days find the same one, in either order."""
    with open_care(tmp_path_factory.mktemp("town"), Town, request.param) as standing:
        yield standing


def row_of(page, number):
    return page.locator(f"[data-ticket='{number}']")


def test_a_clinic_morning_from_the_tap_to_the_export(stage, open_page, page_complaints):
    for index in (0, 1):
        stage.consent(index, Purpose.CLINIC)
    page = open_page(locale="zh-CN")
    stage.sign_in(page, Role.NURSE)
    page.goto(stage.folder.console_url + "/clinic")
    screen = page.context.new_page()
    screen.goto(stage.folder.console_url + "/clinic/screen")
    expect(screen.get_by_text("请等候叫号。")).to_be_visible()

    for index in range(3):
        stage.people.tap(index, CLINIC.id, Manner.CALM)
        expect(row_of(page, index + 1)).to_be_visible(timeout=SLOW_MS)
    stage.people.tap(0, CLINIC.id, Manner.CALM)
    expect(row_of(page, 3)).to_contain_text("未同意，仅显示号码")
    expect(row_of(page, 1)).to_contain_text("王秀英")

    page.get_by_role("button", name="叫下一位").click()
    expect(screen.get_by_text("王*英")).to_be_visible(timeout=SLOW_MS)
    assert "王秀英" not in screen.content()
    for word, state in (("进诊室", "就诊中"), ("已完成", "已完成")):
        row_of(page, 1).get_by_role("button", name=word).click()
        expect(row_of(page, 1)).to_contain_text(state)
    expect(screen.get_by_text("请等候叫号。")).to_be_visible(timeout=SLOW_MS)
    expect(row_of(page, 4)).to_have_count(0)

    export = stage.client(Role.NURSE).get("/clinic/fhir").json()
    kinds = [one["resource"]["resourceType"] for one in export["entry"]]
    assert (kinds.count("Patient"), kinds.count("Encounter")) == (2, 2)
    assert [one["resource"]["status"] for one in export["entry"] if one["resource"]["resourceType"] == "Encounter"] == [
        "finished",
        "arrived",
    ]
    neither_sees_the_other(stage)
    assert page_complaints == []


def neither_sees_the_other(stage):
    """What guards see of events has no clinic in it, and what nurses see no gate."""
    stage.people.tap(0, SOUTH_IN.id, Manner.CALM)
    for role, theirs, others in ((Role.GUARD, SOUTH_IN.id, CLINIC.id), (Role.NURSE, CLINIC.id, SOUTH_IN.id)):
        seen = stage.client(role).get("/events", params={"limit": 100}).json()["items"]
        points = {event["point"] for event in seen}
        assert others not in points, role
        assert theirs in points or role is Role.GUARD


def test_thirty_meals_without_a_network_and_what_a_lost_card_held(stage, open_page, page_complaints):
    page = open_page(locale="zh-CN")
    stage.sign_in(page, Role.CARE)
    page.goto(stage.folder.console_url + "/care/meals")
    expect(page.get_by_text("暂无用餐记录。")).to_be_visible()
    lose_a_card(stage)

    stage.cut_broker()
    stage.two_queues(GUESTS, CARE.id, ACTIVITY.id)
    expect(page.get_by_text("暂无用餐记录。")).to_be_visible()

    stage.restore_broker()
    assert wait_for_sync(stage)
    total = page.get_by_role("row", name="合计")
    expect(total).to_contain_text(f"{MEALS}¥{MEALS * PRICE // 100}.00", timeout=SLOW_MS)
    expect(page.get_by_text("已全部上报")).to_have_count(2, timeout=SLOW_MS)
    expect(page.get_by_text("待处理事项")).to_have_count(0)

    care, left = stage.client(Role.CARE), FEN - 2 * PRICE
    for card in stage.cards[:GUESTS]:
        books = care.get(f"/purses/{card}").json()
        assert (books["balance"], books["spent"], books["items"]) == (left, 2 * PRICE, []), books
    day = care.get("/meals").json()
    assert {one["point"]: (one["meals"], one["taken"]) for one in day["stations"]} == {
        point.id: (GUESTS, GUESTS * PRICE) for point in (CARE, ACTIVITY)
    }

    with stage.people.card_on_desk(0):
        assert stage.put_on(stage.console, 0, 100) == left + 100, "what the card itself holds"
    page.goto(f"{stage.folder.console_url}/purses/{stage.cards[0]}")
    expect(page.get_by_text(f"¥{(left + 100) // 100}.00").first).to_be_visible()
    the_money_follows(stage, open_page(locale="zh-CN"))
    assert page_complaints == []


def lose_a_card(stage):
    """Both canteens know of it before the line is cut."""
    lost = stage.cards[LOSER]
    stage.console.take_step(lost, "lose", "落在公交车上")
    receipt = f"/cards/{lost}/receipt"
    eventually(lambda: all(line["denied_since_ms"] for line in stage.console._call("GET", receipt, None)["lines"]))


def the_money_follows(stage, page):
    """A clerk has given out a new card, and moves to it what the lost one holds."""
    stage._wait(stage.console.desk_empty, stage.desk, "an empty desk")
    with stage.people.card_on_desk(NEW_CARD):
        fresh = stage.console.issue(stage.holders[LOSER], (ALL_DAY,), stage._year_ahead())
        stage.sign_in(page, Role.CLERK)
        page.goto(f"{stage.folder.console_url}/purses/{stage.cards[LOSER]}")
        moves = page.get_by_role("button", name="转移余额")
        expect(moves).to_be_visible()
        page.locator("#move-desk").select_option(DESK)
        moves.click()
        expect(page.get_by_text(re.compile(rf"¥{FEN // 100}\.00.*¥{FEN // 100}\.00")).first).to_be_visible(
            timeout=SLOW_MS
        )
    expect(page.get_by_role("button", name="转移余额")).to_have_count(0)
    books = stage.client(Role.CARE).get(f"/purses/{fresh}").json()
    assert (books["balance"], books["items"]) == (FEN, [])
