"""Looking after the disk, on a real journal; how full it is a test says."""

from pathlib import Path

import pytest

from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import ClockQuality
from gateway.core.retention import DiskLevel, Limits
from gateway.drivers.disk_keeper import DiskKeeper, DiskPorts
from gateway.drivers.journal_file import JournalFile
from gateway.drivers.reserve import Reserve, Space
from gateway.ports.journal import JournalUnavailable
from tests.gateway.world import GATEWAY, HandClock, event


class House:
    def __init__(self, folder: Path, events: int = 100) -> None:
        self.clock = HandClock()
        self.journal = JournalFile(folder, GATEWAY, self.clock)
        self.journal.append(*(event(number) for number in range(events)))
        self.reserve = Reserve(folder, 1 << 16)
        self.used, self.acked = 0.5, 60
        limits = Limits(keep_ms=1000)
        ports = DiskPorts(
            self.journal, self.reserve, self.clock, lambda: Space(self.used, 1 << 20), lambda: self.acked, self.note
        )
        self.keeper = DiskKeeper(limits, ports)

    def note(self, event: Event) -> None:
        self.journal.append(event)

    def look(self, used: float) -> None:
        self.used = used
        self.clock.advance_ms(10_000)
        self.keeper.look()

    def kinds(self) -> list[EventKind]:
        return [Event.from_bytes(entry.body).kind for entry in self.journal.read(101, 100)]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_in_peace_it_takes_the_reserve_and_lets_old_acknowledged_events_go(house: House) -> None:
    house.look(0.5)
    assert house.reserve.exists()
    assert house.journal.floor().seq == 60
    assert house.kinds() == []


def test_without_a_clock_nothing_is_too_old(house: House) -> None:
    house.clock.quality = ClockQuality.FLOOR
    house.look(0.5)
    assert house.journal.floor().seq == 0


def test_a_disk_that_fills_up_is_told_step_by_step(house: House) -> None:
    house.clock.quality = ClockQuality.FLOOR
    house.look(0.5)
    house.look(0.85)
    assert house.journal.floor().seq == 0
    house.look(0.91)
    assert house.journal.floor().seq == 60
    assert house.reserve.exists()
    house.look(0.96)
    assert not house.reserve.exists()
    assert house.kinds() == [EventKind.DISK_LOW] * 3
    assert house.keeper.level is DiskLevel.FULL
    assert house.keeper.space.used == 0.96


def test_what_the_server_does_not_hold_goes_last_and_never_in_silence(house: House) -> None:
    house.look(0.96)
    house.look(0.96)
    assert (house.journal.floor().seq, house.kinds()[-1]) == (100, EventKind.GAP)
    told = Event.from_bytes(house.journal.read(house.journal.head().seq, 1)[0].body)
    span = {"from_seq": 61, "to_seq": 100, "count": 40}
    assert told.detail == {"epoch": house.journal.head().epoch, "why": "the disk is full", **span}


def test_it_does_not_look_at_every_call(house: House) -> None:
    house.look(0.5)
    house.used = 0.96
    house.keeper.look()
    assert house.keeper.space.used == 0.5
    house.clock.advance_ms(10_000)
    house.keeper.look()
    house.used = 0.5
    house.clock.advance_ms(1000)
    house.keeper.look()
    assert house.keeper.space.used == 0.5, "in need it looks every second"


def test_what_the_disk_refuses_is_tried_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(house.journal, "prune", lambda *_: (_ for _ in ()).throw(JournalUnavailable("busy")))
        house.look(0.91)
    house.look(0.91)
    assert house.journal.floor().seq == 60
