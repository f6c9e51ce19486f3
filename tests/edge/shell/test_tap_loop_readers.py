"""Readers that misbehave, as one point's thread sees them."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from card_protocol.errors import EquipmentFault
from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import LateCommit
from edge.core.tap import TapState
from edge.core.tap_words import TapSettings
from edge.ports.reader import CardKind
from edge.shell.tap_loop import Devices, TapLoop
from tests.edge.words import GATE

LOOKS = 6
NOW = Moment(boot="b" * 8, mono_ns=1, wall_ms=1, clock=ClockQuality.UNKNOWN)


class Line:
    """A reader that always opens; what it then does is given."""

    name = "line"

    def __init__(self, look: Callable[[], Any]) -> None:
        self._look = look

    def wait_for_card(self, timeout_ms: int) -> Any:
        return self._look()

    def close(self) -> None: ...


class Strange:
    """A card with a number that no card can have."""

    uid, kind, seen_ns = "01", CardKind.ISO_DEP, 1

    def wait_for_removal(self, timeout_ms: int) -> bool:
        return True


class Noted:
    def __init__(self) -> None:
        self.kinds: list[EventKind] = []

    def note(self, event: Event) -> None:
        self.kinds.append(event.kind)

    def record(self, event: Event, deadline_ms: int) -> int | None:
        return 1


def run(
    monkeypatch: pytest.MonkeyPatch, look: Callable[[], Any], before: Callable[[TapLoop], None] = lambda _: None
) -> tuple[TapLoop, Noted]:
    """The life of a point until it has looked LOOKS times."""
    monkeypatch.setattr("edge.shell.tap_loop.BACK_OFF_FIRST_MS", 1)
    monkeypatch.setattr("edge.shell.tap_loop.BACK_OFF_MAX_MS", 2)
    stop, noted, looks = threading.Event(), Noted(), iter(range(1, LOOKS + 1))

    def counted() -> Any:
        if next(looks) == LOOKS:
            stop.set()
        return look()

    def never(*_: object) -> Any:
        raise RuntimeError("a bug")

    settings = TapSettings(point=GATE, unlock_ms=3000, commit_deadline_ms=250, late_commit=LateCommit.STAY_CLOSED)
    nothing: Any = None
    devices = Devices(
        open_reader=lambda: Line(counted),
        talk=never,
        care=never,
        book=never,
        now=lambda: NOW,
        lock=nothing,
        feedback=nothing,
        recorder=noted,
    )
    loop = TapLoop(settings, devices, stop)
    before(loop)
    loop.run()
    return loop, noted


def test_one_that_only_opens_is_lost_once_and_not_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A UDP socket opens whoever is there: back and lost twice a second would fill the journal."""

    def silent() -> None:
        raise EquipmentFault("nobody there")

    loop, noted = run(monkeypatch, silent)
    assert noted.kinds == [EventKind.READER_LOST]
    assert loop.state is TapState.NO_READER


def test_one_that_answers_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, noted = run(monkeypatch, lambda: None)
    assert noted.kinds == []
    assert loop.state is TapState.EMPTY


def test_a_number_that_makes_no_event_does_not_end_the_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, _ = run(monkeypatch, Strange)
    assert loop.state is TapState.NO_READER


def test_one_that_is_opened_anew_by_command_tells_who_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    loop, noted = run(monkeypatch, lambda: None, lambda loop: loop.restart_reader(told.append))
    assert (told, noted.kinds, loop.state) == ([""], [], TapState.EMPTY)


def test_one_that_does_not_come_back_is_lost_and_who_asked_hears_why(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def silent() -> None:
        raise EquipmentFault("nobody there")

    _, noted = run(monkeypatch, silent, lambda loop: loop.restart_reader(told.append))
    assert (told, noted.kinds) == (["nobody there"], [EventKind.READER_LOST])
