"""The board that keeps the screens of a box right."""

import pytest

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.rules import PolicyHead
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.notice import Notice
from card_protocol.words.sentences import Said
from edge.shell.notice_board import LOOK_EVERY_MS, NoticeBoard

POINT = "south-gate-in"
SAID = Said("明日停水", "No water tomorrow")


class Screen:
    def __init__(self) -> None:
        self.told: list[tuple[Said, ...]] = []

    def announce(self, notices: tuple[Said, ...]) -> None:
        self.told.append(notices)


class Timers:
    def __init__(self) -> None:
        self.waiting: list[tuple[int, object]] = []

    def after(self, after_ms: int, what: object) -> None:
        self.waiting.append((after_ms, what))


class Box:
    """A book and a clock that are moved by hand."""

    def __init__(self) -> None:
        self.head: PolicyHead | None = policy(notice())
        self.now_ms, self.broken = 150, False
        self.screen, self.timers = Screen(), Timers()
        self.board = NoticeBoard({POINT: self.screen}, self.book, self.now, self.timers)  # type: ignore[arg-type]

    def book(self) -> MemoryBook:
        if self.broken:
            raise OSError("the disk is gone")
        return MemoryBook(self.head)

    def now(self) -> Moment:
        return Moment(wall_ms=self.now_ms, mono_ns=1, boot="b1", clock=ClockQuality.NTP)


def notice(to_ms: int = 200) -> Notice:
    return Notice(number=1, zh=SAID.zh, en=SAID.en, from_ms=100, to_ms=to_ms, points=frozenset({POINT}))


def policy(*notices: Notice) -> PolicyHead:
    return PolicyHead(
        version=1, community="330105009012", issued_ms=0, expires_ms=120, rev_seq=0, points=(), levels=(), schedules=(),
        notices=notices,
    )  # fmt: skip


def test_shown_once_to_its_end_also_when_the_policy_is_over_and_nothing_is_heard() -> None:
    box = Box()
    box.board.start()
    box.board.look()
    assert box.screen.told == [(SAID,)], "150 lies behind the policy's own end"
    box.now_ms = 200
    box.board.look()
    assert box.screen.told == [(SAID,), ()]
    assert [after for after, _ in box.timers.waiting] == [LOOK_EVERY_MS]


def test_withdrawn_is_gone_with_the_next_policy() -> None:
    box = Box()
    box.board.look()
    box.head = policy()
    box.board.look()
    assert box.screen.told == [(SAID,), ()]


def test_an_unreadable_book_and_one_without_a_policy_change_nothing() -> None:
    box = Box()
    box.board.look()
    box.broken = True
    box.board.look()
    box.broken, box.head = False, None
    box.board.look()
    assert box.screen.told == [(SAID,)]


def test_a_screen_that_fails_is_told_again() -> None:
    box = Box()
    told = box.screen.announce

    def fails(_notices: tuple[Said, ...]) -> None:
        raise RuntimeError("our bug")

    box.screen.announce = fails  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        box.board.start()
    assert [after for after, _ in box.timers.waiting] == [LOOK_EVERY_MS], "one look that fails is not the last"
    box.screen.announce = told  # type: ignore[method-assign]
    box.board.look()
    assert box.screen.told == [(SAID,)]
