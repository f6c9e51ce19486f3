"""Writing with a deadline."""

import threading

import pytest

from card_protocol.words.event import Event
from gateway.drivers.deadline import QUEUE_MAX_EVENTS, DeadlineWriter
from gateway.ports.journal import Head, JournalUnavailable
from tests.gateway.world import event, no_failure


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
    head = writer.write(event(1), 5000, no_failure)
    assert head is not None
    assert head.seq == 1
    writer.close()


def test_past_the_deadline_the_event_is_still_written() -> None:
    disk = SlowDisk()
    writer = DeadlineWriter(disk.append)
    assert writer.write(event(1), 20, no_failure) is None
    assert disk.rounds == []
    disk.gate.set()
    writer.close()
    assert disk.rounds == [1]


def test_what_waits_shares_a_round() -> None:
    disk = SlowDisk()
    writer = DeadlineWriter(disk.append)
    assert writer.write(event(1), 1, no_failure) is None
    assert disk.entered.wait(10)
    for number in range(5):
        assert writer.write(event(number), 1, no_failure) is None
    disk.gate.set()
    writer.close()
    assert disk.rounds == [1, 5]


def test_the_callers_own_error_comes_back() -> None:
    disk = SlowDisk()
    disk.gate.set()
    disk.error = JournalUnavailable("disk full")
    writer = DeadlineWriter(disk.append)
    with pytest.raises(JournalUnavailable, match="disk full"):
        writer.write(event(1), 5000, no_failure)
    writer.close()


def test_what_fails_after_the_deadline_is_told_and_not_lost() -> None:
    disk = SlowDisk()
    disk.error = JournalUnavailable("held by another process for 2000 ms")
    writer = DeadlineWriter(disk.append)
    told: list[tuple[Event, Exception]] = []
    assert writer.write(event(1), 1, lambda *failed: told.append(failed)) is None
    disk.gate.set()
    writer.close()
    assert told == [(event(1), disk.error)]


def test_two_that_begin_at_once_share_a_thread() -> None:
    disk = SlowDisk()
    disk.gate.set()
    writer = DeadlineWriter(disk.append)
    callers = [threading.Thread(target=writer.write, args=(event(n), 5000, no_failure)) for n in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(10)
    assert [thread.name for thread in threading.enumerate()].count("journal-writer") == 1
    writer.close()


def test_its_queue_has_a_bound() -> None:
    disk = SlowDisk()
    writer = DeadlineWriter(disk.append)
    assert writer.write(event(0), 1, no_failure) is None
    assert disk.entered.wait(10)
    for number in range(QUEUE_MAX_EVENTS):
        assert writer.write(event(number), 0, no_failure) is None
    with pytest.raises(JournalUnavailable, match="wait for the journal already"):
        writer.write(event(1), 0, no_failure)
    disk.gate.set()
    writer.close()
    assert sum(disk.rounds) == QUEUE_MAX_EVENTS + 1


def test_closing_one_that_never_wrote_is_nothing() -> None:
    DeadlineWriter(SlowDisk().append).close()
