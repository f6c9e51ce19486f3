"""Lunch with the network down: thirty meals at two stations, and books that agree with the cards to the last fen."""

import pytest
from playwright.sync_api import expect

from onecard.demo.acts import wait_for_sync
from onecard.demo.community import ACTIVITY, CARE
from onecard.demo.options import ReaderStack
from server.services.roles import Role
from tests.journeys.care_day import PRICE, CareStage, open_care

GUESTS = 15
MEALS = 2 * GUESTS
FEN = 5000
SLOW_MS = 30_000


class Canteen(CareStage):
    guests = GUESTS
    fen = FEN


# The quicker stack once more in `make soak`.
@pytest.fixture(
    params=[
        pytest.param(ReaderStack.NFC, marks=pytest.mark.soak),
        pytest.param(ReaderStack.PCSC, marks=pytest.mark.pcscd),
    ]
)
def stage(request, tmp_path):
    """On both reader stacks."""
    with open_care(tmp_path, Canteen, request.param) as standing:
        yield standing


def test_thirty_meals_without_a_network(stage, open_page, page_complaints):
    page = open_page(locale="zh-CN")
    stage.sign_in(page, Role.CARE)
    page.goto(stage.folder.console_url + "/care/meals")
    expect(page.get_by_text("暂无用餐记录。")).to_be_visible()

    stage.cut_broker()
    stage.two_queues(CARE.id, ACTIVITY.id)
    expect(page.get_by_text("暂无用餐记录。")).to_be_visible()

    stage.restore_broker()
    assert wait_for_sync(stage)
    total = page.get_by_role("row", name="合计")
    expect(total).to_contain_text(f"{MEALS}¥{MEALS * PRICE // 100}.00", timeout=SLOW_MS)
    expect(page.get_by_text("已全部上报")).to_have_count(2, timeout=SLOW_MS)
    expect(page.get_by_text("待处理事项")).to_have_count(0)

    care, left = stage.client(Role.CARE), FEN - 2 * PRICE
    for card in stage.cards:
        books = care.get(f"/purses/{card}").json()
        assert (books["balance"], books["spent"], books["items"]) == (left, 2 * PRICE, []), books
        assert [line["proof"] for line in books["lines"]] == ["proven", "proven", "none"]
    day = care.get("/meals").json()
    assert {one["point"]: (one["meals"], one["taken"]) for one in day["stations"]} == {
        point.id: (GUESTS, GUESTS * PRICE) for point in (CARE, ACTIVITY)
    }

    with stage.people.card_on_desk(0):
        assert stage.put_on(stage.console, 0, 100) == left + 100, "what the card itself holds"
    page.goto(f"{stage.folder.console_url}/purses/{stage.cards[0]}")
    expect(page.get_by_text(f"¥{(left + 100) // 100}.00").first).to_be_visible()
    assert page_complaints == []
