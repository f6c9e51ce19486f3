"""What becomes of events when the disk is well, late, or full."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from card_protocol.errors import CallerFault
from card_protocol.words.event import Event, EventKind, note_event
from edge.drivers import journal_recorder
from edge.drivers.journal_recorder import JournalRecorder
from gateway.drivers import backlog, journal_file
from gateway.drivers.file_lock import FileLock
from gateway.drivers.journal_file import JournalFile
from gateway.ports.journal import Failed, Head, JournalUnavailable
from tests.edge.rig import Clock
from tests.edge.words import moment
from tests.support.patience import eventually


def event(number: int) -> Event:
    return note_event(EventKind.READER_BACK, moment(), "gate-1", number=number)


class Disk:
    """A journal in memory that can be full, slow, or refuse an event."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.fault: Exception | None = None
        self.is_late = False

    def append(self, *events: Event) -> Head:
        if self.fault is not None:
            raise self.fault
        self.events += events
        return Head("00" * 8, len(self.events), bytes(32))

    def append_within(self, event: Event, deadline_ms: int, failed: Failed) -> Head | None:
        head = self.append(event)
        return None if self.is_late else head


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def recorder(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Iterator[JournalRecorder]:
    monkeypatch.setattr(journal_recorder, "RETRY_AFTER_MS", 5)
    recorder = JournalRecorder(disk)  # type: ignore[arg-type]
    yield recorder
    recorder.close()


def test_a_durable_event_is_on_disk_when_that_is_said(tmp_path: Path) -> None:
    journal = JournalFile(tmp_path, "gw-1", Clock())
    recorder = JournalRecorder(journal)
    seq = recorder.record(event(1), 5000)
    assert seq is not None
    assert Event.from_bytes(journal.read(seq, 1)[0].body) == event(1)
    recorder.close()
    journal.close()


def test_a_late_event_is_late(recorder: JournalRecorder, disk: Disk) -> None:
    disk.is_late = True
    assert recorder.record(event(1), 1) is None
    assert disk.events == [event(1)]


def test_a_tap_that_waits_in_vain_for_the_journal_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The daemon holds the lock while it looks through a long journal: longer than the tap waits, and the append."""
    monkeypatch.setattr(journal_file, "APPEND_TIMEOUT_MS", 30)
    monkeypatch.setattr(journal_recorder, "RETRY_AFTER_MS", 5)
    journal, lock = JournalFile(tmp_path, "gw-1", Clock()), FileLock(tmp_path / "journal.lock")
    recorder, late = JournalRecorder(journal), []
    monkeypatch.setattr(recorder, "note", lambda event: (late.append(event), JournalRecorder.note(recorder, event)))
    lock.acquire(1000)
    assert recorder.record(event(1), 1) is None
    eventually(lambda: late == [event(1)])
    lock.release()
    eventually(lambda: journal.head().seq == 1)
    recorder.close()
    journal.close()
    lock.close()


def test_a_full_disk_loses_nothing_that_fits_in_the_backlog(recorder: JournalRecorder, disk: Disk) -> None:
    disk.fault = JournalUnavailable("disk full")
    assert recorder.record(event(1), 250) is None
    recorder.note(event(2))
    disk.fault = None
    eventually(lambda: disk.events == [event(1), event(2)])


def test_what_does_not_fit_is_counted(recorder: JournalRecorder, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "BACKLOG_MAX_EVENTS", 2)
    disk.fault = JournalUnavailable("disk full")
    for number in range(5):
        recorder.note(event(number))
    assert recorder.lost_events == 3
    disk.fault = None
    eventually(lambda: disk.events == [event(0), event(1)])


def test_an_event_that_can_never_be_written_does_not_block_those_behind_it(
    recorder: JournalRecorder, disk: Disk
) -> None:
    disk.fault = CallerFault("too large")
    assert recorder.record(event(1), 250) is None
    recorder.note(event(2))
    eventually(lambda: not recorder._backlog.waiting)
    disk.fault = None
    recorder.note(event(3))
    eventually(lambda: disk.events == [event(3)])


def test_closing_writes_what_waits_and_gives_up_on_a_disk_that_stays_full(disk: Disk) -> None:
    recorder = JournalRecorder(disk)  # type: ignore[arg-type]
    recorder.note(event(1))
    recorder.close()
    assert disk.events == [event(1)]
    full = Disk()
    full.fault = JournalUnavailable("disk full")
    stuck = JournalRecorder(full)  # type: ignore[arg-type]
    stuck.note(event(1))
    stuck.close()
    assert full.events == []
