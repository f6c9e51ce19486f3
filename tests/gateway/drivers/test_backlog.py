"""What the journal does not take, in its order, once, and within a bound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.errors import CallerFault
from card_protocol.words.event import Event
from gateway.drivers import backlog as module
from gateway.drivers.backlog import Backlog
from gateway.ports.journal import Head, JournalUnavailable
from tests.gateway.world import event


class Disk:
    """A journal in memory that can be full, or refuse an event for good."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.fault: Exception | None = None

    def append(self, *events: Event) -> Head:
        if self.fault is not None:
            raise self.fault
        self.events += events
        return Head("00" * 8, len(self.events), bytes(32))


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def backlog(disk: Disk) -> Backlog:
    return Backlog(disk)  # type: ignore[arg-type]


def test_on_a_good_day_nothing_waits(disk: Disk, backlog: Backlog) -> None:
    backlog.note(event(1))
    assert disk.events == [event(1)]
    assert backlog.waiting == 0
    assert backlog.write()


def test_what_is_kept_is_not_tried_before_it_is_time(disk: Disk, backlog: Backlog) -> None:
    backlog.keep(event(1))
    assert disk.events == []
    assert backlog.write()
    assert disk.events == [event(1)]


def test_beyond_the_bound_the_newest_are_lost_and_counted(
    disk: Disk, backlog: Backlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BACKLOG_MAX_EVENTS", 2)
    disk.fault = JournalUnavailable("disk full")
    for number in range(5):
        backlog.note(event(number))
    assert (backlog.waiting, backlog.lost_events) == (2, 3)
    assert not backlog.write()
    disk.fault = None
    assert backlog.write()
    assert disk.events == [event(0), event(1)]


def test_an_event_that_can_never_be_written_blocks_none_behind_it(disk: Disk, backlog: Backlog) -> None:
    backlog.keep(event(1))
    disk.fault = CallerFault("too large")
    assert backlog.write()
    backlog.note(event(2))
    disk.fault = None
    backlog.note(event(3))
    assert disk.events == [event(3)]
    assert backlog.lost_events == 0


@given(st.lists(st.sampled_from(["note", "keep", "write", "full", "room"]), max_size=60))
def test_order_is_kept_and_none_is_doubled(steps: list[str]) -> None:
    disk = Disk()
    backlog = Backlog(disk)  # type: ignore[arg-type]
    told: list[Event] = []
    for number, step in enumerate(steps):
        if step in {"note", "keep"}:
            told.append(event(number))
            getattr(backlog, step)(told[-1])
        elif step == "write":
            assert backlog.write() == (backlog.waiting == 0)
        else:
            disk.fault = JournalUnavailable("disk full") if step == "full" else None
        assert disk.events == told[: len(told) - backlog.waiting]
    disk.fault = None
    assert backlog.write()
    assert disk.events == told
