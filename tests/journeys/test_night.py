"""A guard's night, by keyboard alone: a forced door, a held door, a revoked card, a gateway that hangs up.

Each is acknowledged by the book: what the dialog says has to be done is what the note says was done.
"""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from card_protocol.wire.topics import Channel, topic
from card_protocol.words.card import CardState
from card_protocol.words.reason import Reason
from server.intake.processor import Message
from server.pages.console import make_console
from server.pages.site import build_site
from server.services.cards import cards
from server.services.roles import Role
from tests.journeys.wooden_door import bring, hand, sign_in, watched, written_at_the_door
from tests.server.build import ADMIN, COMMUNITY, tap
from tests.server.pages.serving import serving

PEOPLE = {"guard": (Role.GUARD, COMMUNITY), "admin": (Role.ADMIN, COMMUNITY)}
BY_THE_BOOK = {
    "门被强开": ("请立即到现场查看", "已到场，门已关好，无人"),
    "门久开未关": ("看是否被撑住", "砖头已拿走，门已关"),
    "有人使用已停用的卡": ("收回", "卡已收回"),
    "网关离线": ("检查电源和网线", "插头松了，已插好"),
}
"""Alarm -> (what the dialog says to do, what the guard writes)."""


@pytest.fixture
def bodies(tmp_path):
    """What the box wrote down in the night."""
    return written_at_the_door(tmp_path, Path(__file__).with_name("night.txt"))


@pytest.fixture
def community(tmp_path):
    with watched(tmp_path, PEOPLE) as made:
        yield made


def state(community, box, **said):
    hand(community, Message(topic(box.name, Channel.STATE), box.sealed("state", box.state(**said))))


def answer(page, key, alarm):
    """Press the key, read what to do, write what was done."""
    procedure, note = BY_THE_BOOK[alarm]
    page.keyboard.press(key)
    dialog = page.locator("dialog#answer")
    expect(dialog).to_contain_text(alarm)
    expect(dialog).to_contain_text(procedure)
    expect(dialog.get_by_label("您看到或做了什么？")).to_be_focused()
    page.keyboard.type(note)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()


def test_the_night(bodies, community, open_page, page_complaints):
    card = community.active_card()
    with community.transactions.work(ADMIN) as work:
        cards.change_state(work, card.id, CardState.REVOKED, why="已搬离")
    box = community.box()
    state(community, box)
    console = make_console(community.house, "b0", secure_cookies=False)
    console.board.start()
    with serving(build_site(console)) as site:
        page = sign_in(open_page, site, "guard", "/live")
        expect(page.locator("body")).to_have_attribute("data-live-state", "on")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_contain_text("确认第一条报警")
        page.keyboard.press("Escape")
        bring(community, box, bodies)
        bring(community, box, [tap(len(bodies) + 1, card.id, Reason.REVOKED)])
        state(community, box, online=False)
        alarms = page.locator("[data-alarm]")
        expect(alarms).to_have_count(len(BY_THE_BOOK))
        expect(page.locator("#tile-south-gate-in")).to_contain_text("离线")

        seen = []
        while seen != sorted(BY_THE_BOOK):
            alarm = next(title for title in BY_THE_BOOK if title in alarms.first.inner_text())
            if alarm == "网关离线":
                answer(page, "e", alarm)
                expect(alarms.first).to_contain_text("guard 已上报")
            answer(page, "a", alarm)
            seen = sorted([*seen, alarm])
            expect(alarms).to_have_count(len(BY_THE_BOOK) - len(seen))
        expect(page.get_by_text("当前没有报警。")).to_be_visible()

        page.keyboard.press("/")
        search = page.locator("[data-search]")
        expect(page.get_by_role("heading", name="人员")).to_be_visible()
        page.keyboard.press("/")
        expect(search).to_be_focused()
        page.keyboard.type("wxy")
        expect(page.locator("#rows tbody tr")).to_have_count(1)
        expect(page.locator("#rows")).to_contain_text("已注销")
        page.keyboard.press("F2")
        expect(page.get_by_role("heading", name="人员")).to_be_visible()  # a guard gives no cards

        day = sign_in(open_page, site, "admin", "/setup")  # no card was given out yet
        day.goto("/alarms?everything=true")
        for _, note in BY_THE_BOOK.values():
            expect(day.get_by_text(note).first).to_be_visible()
        day.keyboard.press("F2")
        expect(day.get_by_role("heading", name="给谁发卡？")).to_be_visible()
        console.hub.close()
    console.board.stop()
