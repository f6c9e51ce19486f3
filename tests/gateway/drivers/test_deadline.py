"""Writing with a deadline."""

import threading

import pytest

from card_protocol.words.event import Event
from gateway.drivers.deadline import QUEUE_MAX_EVENTS, DeadlineWriter
from gateway.ports.journal import Head, JournalUnavailable
from tests.gateway.world import event


class SlowDisk:
    def __init__(self) -> None:
        self.gate = threading.Event()
        self.entered = threading.Event()
        self.rounds: list[int] = []
        self.error: Exception | None = None

    def append(self, *events: Event) -> Head:
        self.entered.set()
        assert self.gate.wait(10)
        if self.error:
            raise self.error
        self.rounds.append(len(events))
        return Head("00" * 8, sum(self.rounds), bytes(32))


def test_in_time_it_gives_the_head() -> None:
    disk = SlowDisk()
    disk.gate.set()
    writer = DeadlineWriter(disk.append)
    head = writer.write(event(1), 5000)
    assert head is not None
    assert head.seq == 1
    writer.close()


def test_past_the_deadline_the_event_is_still_written() -> None:
    disk = SlowDisk()
    writer = DeadlineWriter(disk.append)
    assert writer.write(event(1), 20) is None
    assert disk.rounds == []
    disk.gate.set()
    writer.close()
    assert disk.rounds == [1]


def test_what_waits_shares_a_round() -> None:
    disk = SlowDisk()
    writer = DeadlineWriter(disk.append)
    assert writer.write(event(1), 1) is None
    assert disk.entered.wait(10)
    for number in range(5):
        assert writer.write(event(number), 1) is None
    disk.gate.set()
    writer.close()
    assert disk.rounds == [1, 5]


def test_the_callers_own_error_comes_back() -> None:
    disk = SlowDisk()
    disk.gate.set()
    disk.error = JournalUnavailable("disk full")
    writer = DeadlineWriter(disk.append)
    with pytest.raises(JournalUnavailable, match="disk full"):
        writer.write(event(1), 5000)
    writer.close()


def test_its_queue_has_a_bound() -> None:
    disk = SlowDisk()
    writer = DeadlineWriter(disk.append)
    assert writer.write(event(0), 1) is None
    assert disk.entered.wait(10)
    for number in range(QUEUE_MAX_EVENTS):
        assert writer.write(event(number), 0) is None
    with pytest.raises(JournalUnavailable, match="wait for the journal already"):
        writer.write(event(1), 0)
    disk.gate.set()
    writer.close()
    assert sum(disk.rounds) == QUEUE_MAX_EVENTS + 1


def test_closing_one_that_never_wrote_is_nothing() -> None:
    DeadlineWriter(SlowDisk().append).close()
