"""Callbacks in the order of their times."""

import threading
from collections.abc import Iterator

import pytest

from edge.shell import timers as module
from edge.shell.timers import Timers
from tests.support.patience import PATIENCE_S, eventually


@pytest.fixture
def timers() -> Iterator[Timers]:
    timers = Timers()
    yield timers
    timers.close()


def test_they_come_in_the_order_of_their_times(timers: Timers) -> None:
    came: list[str] = []
    timers.after(40, lambda: came.append("late"))
    timers.after(1, lambda: came.append("early"))
    timers.after(1, lambda: came.append("just after"))
    eventually(lambda: len(came) == 3)
    assert came == ["early", "just after", "late"]


def test_one_that_fails_does_not_keep_the_next_from_coming(timers: Timers) -> None:
    came = threading.Event()
    timers.after(0, lambda: 1 // 0)
    timers.after(1, came.set)
    assert came.wait(PATIENCE_S)


def test_one_may_ask_for_more(timers: Timers) -> None:
    came = threading.Event()
    timers.after(0, lambda: timers.after(0, came.set))
    assert came.wait(PATIENCE_S)


def test_what_is_still_to_come_when_it_closes_does_not() -> None:
    timers, came = Timers(), threading.Event()
    timers.after(60_000, came.set)
    timers.close()
    assert not came.is_set()


def test_they_have_a_bound(timers: Timers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMERS_MAX", 1)
    timers.after(60_000, lambda: None)
    timers.after(60_000, lambda: None)
    assert len(timers._heap) == 1
