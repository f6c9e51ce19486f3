"""The screen at a point: over the wire, and in a real browser."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from card_protocol.errors import EquipmentFault
from card_protocol.words.reason import Reason
from card_protocol.words.sentences import Said
from card_protocol.words.service import Answer, Service
from edge.drivers import screen_feedback
from edge.drivers.screen_feedback import STREAMS_MAX, ScreenFeedback
from tests.support.axe import Axe
from tests.support.patience import eventually

PAID = Answer(Service.PAID, 800, 1200)
WATER = Said("明日9时至11时停水，请提前储水", "No water tomorrow from 9 to 11: please store some")


@pytest.fixture
def screen() -> Iterator[ScreenFeedback]:
    screen = ScreenFeedback("0")
    yield screen
    screen.close()


def port_of(screen: ScreenFeedback) -> int:
    return int(screen.url.rsplit(":", 1)[1].rstrip("/"))


def get(screen: ScreenFeedback, path: str, host: str | None = None) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port_of(screen), timeout=20)
    connection.request("GET", path, headers={"Host": host} if host else {})
    return connection.getresponse()


def next_frame(stream: http.client.HTTPResponse) -> tuple[str, str]:
    """(event, data) of the next frame."""
    lines = []
    while (line := stream.readline().decode().rstrip("\n")) or not lines:
        lines.append(line)
    fields = dict(line.split(": ", 1) for line in lines if ": " in line)
    return fields.get("event", ""), fields.get("data", "")


def next_shown(stream: http.client.HTTPResponse) -> dict[str, Any]:
    while True:
        event, data = next_frame(stream)
        if event == "show":
            found: dict[str, Any] = json.loads(data)
            return found


@pytest.mark.parametrize(
    ("path", "kind"), [("/", "html"), ("/?lang=en", "html"), ("/screen.css", "css"), ("/screen.js", "javascript")]
)
def test_a_page_of_three_files_under_a_strict_policy(screen: ScreenFeedback, path: str, kind: str) -> None:
    answer = get(screen, path)
    body = answer.read().decode()
    assert (answer.status, kind in answer.headers["Content-Type"]) == (200, True)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "://" not in body.replace("http://www.w3.org", ""), "nothing from elsewhere"


def test_nothing_else_and_nobody_from_elsewhere(screen: ScreenFeedback) -> None:
    assert get(screen, "/../screen_feedback.py").status == 404
    assert get(screen, "/", "evil.example:80").status == 421
    assert get(screen, "/events", "evil.example").status == 421


def test_a_browser_hears_what_is_shown(screen: ScreenFeedback) -> None:
    stream = get(screen, "/events")
    assert next_frame(stream)[0] == "alive"
    screen.show(Reason.GRANTED, PAID)
    assert next_shown(stream)["more"][0] == "扣款 8.00 元，余额 12.00 元"
    screen.show(Reason.OUTSIDE_SCHEDULE)
    assert next_shown(stream)["look"] == "bad"


def test_a_browser_is_told_what_hangs_there_when_it_comes_and_whenever_that_changes(screen: ScreenFeedback) -> None:
    screen.announce((WATER,))
    stream = get(screen, "/events")
    assert next_notices(stream) == [WATER._asdict()]
    screen.show(Reason.GRANTED, PAID)
    assert next_shown(stream)["look"] == "good"
    screen.announce(())
    assert next_notices(stream) == []


def next_notices(stream: http.client.HTTPResponse) -> list[dict[str, str]]:
    while True:
        event, data = next_frame(stream)
        if event == "notices":
            found: list[dict[str, str]] = json.loads(data)
            return found


def test_a_browser_that_comes_late_is_not_told_of_somebody_long_gone(
    screen: ScreenFeedback, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen.show(Reason.GRANTED, PAID)
    assert next_shown(get(screen, "/events"))["look"] == "good"
    monkeypatch.setattr(screen_feedback, "SHOW_MS", 0)
    stream = get(screen, "/events")
    assert [next_frame(stream)[0] for _ in range(2)] == ["alive", "alive"]


def test_browsers_that_look_on_have_a_bound_and_leave_their_place(screen: ScreenFeedback) -> None:
    streams = [get(screen, "/events") for _ in range(STREAMS_MAX)]
    assert get(screen, "/events").status == 503
    for stream in streams:
        stream.close()

    def free() -> bool:
        screen.show(Reason.GRANTED)
        return get(screen, "/events").status == 200

    eventually(free)


def test_a_port_that_is_taken_or_none(screen: ScreenFeedback) -> None:
    with pytest.raises(EquipmentFault, match="cannot be had"):
        ScreenFeedback(str(port_of(screen)))
    for nonsense in ("", "south-gate", "99999", "8o11"):
        with pytest.raises(EquipmentFault, match="screen:8011"):
            ScreenFeedback(nonsense)


@pytest.mark.browser
class TestInChromium:
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_a_visit(
        self, screen: ScreenFeedback, open_page: Callable[..., Any], axe: Axe, tmp_path: Path, language: str
    ) -> None:
        page = open_page(viewport={"width": 1280, "height": 800})
        page.goto(screen.url + ("?lang=en" if language == "en" else ""))
        expect_words(page, "请刷卡", "Present your card")
        assert axe(page) == []
        for answer, zh in ((PAID, "已扣款，请用餐"), (Answer(Service.PURSE_EMPTY, left=300), "余额不足，请充值")):
            screen.show(Reason.GRANTED, answer)
            page.wait_for_selector(f"#zh:text-is('{zh}')")
            assert page.is_visible("#more-zh")
            assert axe(page) == []
            assert fits(page)
        page.screenshot(path=tmp_path / "screen.png")
        expect_words(page, "请刷卡", "Present your card")
        assert page.is_hidden("#more")

    def test_notices_hang_there_until_somebody_taps_and_afterwards_again(
        self, screen: ScreenFeedback, open_page: Callable[..., Any], axe: Axe, tmp_path: Path
    ) -> None:
        page = open_page(viewport={"width": 640, "height": 400})
        page.goto(screen.url)
        expect_words(page, "请刷卡", "Present your card")
        screen.announce((Said("停" * 60, "No water " * 13),))
        page.wait_for_selector("body.notice")
        assert page.text_content("#help-zh") == "请刷卡"
        assert fits(page)
        screen.announce((WATER,))
        expect_words(page, WATER.zh, WATER.en)
        assert axe(page) == []
        page.screenshot(path=tmp_path / "notice.png")
        screen.show(Reason.GRANTED, PAID)
        page.wait_for_selector("#zh:text-is('已扣款，请用餐')")
        expect_words(page, WATER.zh, WATER.en)
        screen.announce(())
        expect_words(page, "请刷卡", "Present your card")

    def test_it_says_that_it_lost_the_daemon_and_finds_it_again(
        self, open_page: Callable[..., Any], axe: Axe, page_complaints: list[str]
    ) -> None:
        screen = ScreenFeedback("0")
        port = port_of(screen)
        page = open_page(viewport={"width": 800, "height": 1280})
        page.goto(screen.url)
        expect_words(page, "请刷卡", "Present your card")
        screen.close()
        expect_words(page, "屏幕与设备失联", "Screen is not connected")
        assert axe(page) == []
        assert fits(page)
        again = _open_again(port)
        try:
            expect_words(page, "请刷卡", "Present your card")
        finally:
            again.close()
        page_complaints.clear()  # the browser complains about the connection, as it should

    @pytest.mark.parametrize("reason", [Reason.LOST, Reason.ASSURANCE_TOO_LOW, Reason.SECOND_PERSON_AWAITED])
    def test_the_longest_sentences_fit_on_a_small_screen(
        self, screen: ScreenFeedback, open_page: Callable[..., Any], reason: Reason
    ) -> None:
        page = open_page(viewport={"width": 640, "height": 400})
        page.goto(screen.url)
        expect_words(page, "请刷卡", "Present your card")
        screen.show(reason)
        page.wait_for_selector("body.bad")
        assert fits(page)


def expect_words(page: Any, zh: str, en: str) -> None:
    page.wait_for_selector(f"#zh:text-is('{zh}')")
    assert page.text_content("#en") == en
    assert page.is_visible("#zh")
    assert page.is_visible("#en")


def fits(page: Any) -> bool:
    """Whether everything is inside the window."""
    found: bool = page.evaluate(
        "() => [...document.querySelectorAll('#screen span, #symbol')]"
        ".filter((e) => e.textContent.trim() || e.id === 'symbol').every((e) => { const r = e.getBoundingClientRect();"
        " return r.left >= 0 && r.top >= 0 && r.right <= innerWidth && r.bottom <= innerHeight; })"
    )
    return found


def _open_again(port: int) -> ScreenFeedback:
    for _ in range(100):
        try:
            return ScreenFeedback(str(port))
        except EquipmentFault:
            time.sleep(0.1)
    raise AssertionError(f"port {port} stays taken")
