"""Doors that are free by schedule."""

from collections.abc import Iterator
from datetime import date

import pytest

from card_protocol.policy.book import Book, MemoryBook
from card_protocol.words.moment import ClockQuality, Moment, local_ms
from card_protocol.words.schedule import Interval, Schedule
from edge.core.door_words import DoorSettings
from edge.ports.door import DoorState
from edge.shell import hours
from edge.shell.door_keeper import DoorDevices, DoorKeeper
from edge.shell.hours import Hours, is_free
from edge.shell.timers import Timers
from tests.edge.policy import FAR_MS, book, gate
from tests.edge.rig import Clock
from tests.edge.shell.test_door_keeper import World
from tests.edge.words import GATE
from tests.support.patience import eventually

MORNING = Schedule(
    id="morning",
    name_zh="早",
    name_en="Morning",
    intervals=tuple(Interval(day=day, start=480, end=600) for day in range(8)),
)


def at(minute: int, clock: ClockQuality = ClockQuality.NTP) -> Moment:
    return Moment(wall_ms=local_ms(date(2026, 9, 30), minute), mono_ns=0, boot="b", clock=clock)


def free_by(schedule: str = "morning", expires_ms: int = FAR_MS) -> Book:
    head = book().head
    assert head is not None
    changed = {"points": (gate(free=schedule),), "schedules": (*head.schedules, MORNING), "expires_ms": expires_ms}
    return MemoryBook(head.model_copy(update=changed))


@pytest.fixture
def timers() -> Iterator[Timers]:
    timers = Timers()
    yield timers
    timers.close()


def test_a_door_is_free_from_the_start_to_the_end() -> None:
    found = [is_free(free_by(), GATE, at(minute)) for minute in (479, 480, 599, 600)]
    assert found == [False, True, True, False]


@pytest.mark.parametrize(
    ("policy", "clock"),
    [
        (free_by("nowhere"), ClockQuality.NTP),
        (free_by(expires_ms=1), ClockQuality.NTP),
        (free_by(), ClockQuality.UNKNOWN),
        (book(), ClockQuality.NTP),
        (MemoryBook(None), ClockQuality.NTP),
    ],
)
def test_in_doubt_it_is_not(policy: Book, clock: ClockQuality) -> None:
    assert not is_free(policy, GATE, at(500, clock))


def test_the_door_follows_its_hours_by_itself(timers: Timers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hours, "LOOK_EVERY_MS", 5)
    world, now = World(), [at(479)]
    devices = DoorDevices(
        lock=world, sounder=world, wires={}, recorder=world, store=world, timers=timers, now=Clock().now
    )
    keeper = DoorKeeper(DoorSettings(GATE), devices)
    keeper.start()
    policy = free_by()
    Hours({GATE: keeper}, lambda: policy, lambda: now[0], timers).start()
    assert keeper.door.state is DoorState.LOCKED
    now[0] = at(480)
    eventually(lambda: keeper.door.state is DoorState.FREE)
    now[0] = at(600)
    eventually(lambda: keeper.door.state is DoorState.LOCKED)
    assert [kind.value for kind in world.kinds] == ["door_free", "door_free_ended"]


def test_a_look_that_fails_is_not_the_last(timers: Timers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hours, "LOOK_EVERY_MS", 5)
    looks = []

    def now() -> Moment:
        looks.append(1)
        raise OSError("no clock")

    with pytest.raises(OSError, match="no clock"):
        Hours({}, MemoryBook, now, timers).start()
    eventually(lambda: len(looks) > 2)


def test_a_book_that_fails_locks(timers: Timers) -> None:
    world = World()
    devices = DoorDevices(
        lock=world, sounder=world, wires={}, recorder=world, store=world, timers=timers, now=Clock().now
    )
    keeper = DoorKeeper(DoorSettings(GATE), devices)
    keeper.start()

    def fails() -> Book:
        raise OSError("disk")

    Hours({GATE: keeper}, fails, lambda: at(500), timers).look()
    assert keeper.door.state is DoorState.LOCKED
