"""A door's shell between wires, a lock and a recorder."""

from collections.abc import Iterator

import pytest

from card_protocol.errors import EquipmentFault
from card_protocol.words.event import Event, EventKind
from edge.core.door_words import DoorSettings, Fire, FreeTime
from edge.core.settle import Patience
from edge.ports.door import DoorMemory, DoorState, Sound
from edge.ports.inputs import Watcher, Wire
from edge.ports.lock import LockState, LockWatcher
from edge.ports.recorder import Recorder
from edge.shell import door_keeper, settled
from edge.shell.door_keeper import DoorDevices, DoorKeeper, Role
from edge.shell.timers import Timers
from tests.edge.rig import Clock
from tests.edge.words import GATE
from tests.support.patience import eventually

S = DoorState


class World:
    """All of a door's devices."""

    def __init__(self) -> None:
        self.orders: list[int | str | None] = []
        self.fault: Exception | None = None
        self.sounds: list[Sound] = []
        self.events: list[Event] = []
        self.memory = DoorMemory()
        self.watchers: dict[Role, Watcher] = {}
        self.lock_watcher: LockWatcher | None = None
        self.state = LockState.LOCKED

    def unlock(self, for_ms: int | None) -> None:
        self._order(for_ms)

    def lock(self) -> None:
        self._order("lock")

    def _order(self, order: int | str | None) -> None:
        if self.fault is not None:
            raise self.fault
        self.orders.append(order)

    def watch(self, watcher: LockWatcher) -> None:
        self.lock_watcher = watcher
        watcher(True, "")

    def close(self) -> None:
        pass

    def sound(self, sound: Sound) -> None:
        self.sounds.append(sound)

    def note(self, event: Event) -> None:
        self.events.append(event)

    def record(self, event: Event, deadline_ms: int) -> int | None:
        raise AssertionError("a door does not wait")

    def recall(self, point: str) -> DoorMemory:
        return self.memory

    def keep(self, point: str, memory: DoorMemory) -> None:
        self.memory = memory

    @property
    def kinds(self) -> list[EventKind]:
        return [event.kind for event in self.events]


class WireOf:
    def __init__(self, world: World, role: Role) -> None:
        self._world, self._role = world, role

    def watch(self, watcher: Watcher) -> None:
        self._world.watchers[self._role] = watcher


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = Patience(on_ms=1, off_ms=1, fault_ms=5)
    monkeypatch.setattr(door_keeper, "_PATIENCE", dict.fromkeys(Role, quick))


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def timers() -> Iterator[Timers]:
    timers = Timers()
    yield timers
    timers.close()


@pytest.fixture
def keeper(world: World, timers: Timers) -> DoorKeeper:
    roles = (Role.CONTACT, Role.REX, Role.TAMPER, Role.FIRE)
    recorder: Recorder = world
    devices = DoorDevices(
        lock=world,
        sounder=world,
        wires={role: WireOf(world, role) for role in roles},
        recorder=recorder,
        store=world,
        timers=timers,
        now=Clock().now,
    )
    keeper = DoorKeeper(DoorSettings(GATE, held_ms=20, alarm_ms=20, rex_ms=20), devices)
    keeper.start()
    world.watchers[Role.CONTACT](Wire.OFF)
    eventually(lambda: keeper._wires[Role.CONTACT].belief)
    return keeper


def test_a_passage(keeper: DoorKeeper, world: World) -> None:
    keeper.unlock(3000)
    assert world.orders == ["lock", 3000]
    world.watchers[Role.CONTACT](Wire.ON)
    eventually(lambda: keeper.door.state is S.OPEN)
    world.watchers[Role.CONTACT](Wire.OFF)
    eventually(lambda: keeper.door.state is S.LOCKED)
    assert world.orders[-1] == "lock"
    assert world.kinds == []


def test_timers_come_back(keeper: DoorKeeper, world: World) -> None:
    keeper.unlock(1)
    eventually(lambda: keeper.door.state is S.LOCKED)
    keeper.unlock(3000)
    world.watchers[Role.CONTACT](Wire.ON)
    eventually(lambda: world.kinds == [EventKind.DOOR_HELD])
    assert world.sounds[-2:] == [Sound.WARN, Sound.ALARM]
    assert world.memory.state is S.HELD
    world.watchers[Role.CONTACT](Wire.OFF)
    eventually(lambda: world.kinds[-1] is EventKind.DOOR_RESTORED)


def test_wires_are_what_they_mean(keeper: DoorKeeper, world: World) -> None:
    world.watchers[Role.REX](Wire.ON)
    eventually(lambda: world.orders[-1] is None)
    world.watchers[Role.REX](Wire.OFF)
    world.watchers[Role.TAMPER](Wire.ON)
    world.watchers[Role.FIRE](Wire.ON)
    eventually(lambda: {EventKind.EGRESS, EventKind.DOOR_TAMPERED, EventKind.FIRE_RELEASED} <= set(world.kinds))
    world.watchers[Role.FIRE](Wire.OFF)
    eventually(lambda: keeper.door.state is S.LOCKED)


def test_a_cut_fire_wire_is_fire_and_a_fault(keeper: DoorKeeper, world: World) -> None:
    world.watchers[Role.FIRE](Wire.CUT)
    eventually(lambda: keeper.door.state is S.FIRE_RELEASED)
    assert world.kinds == [EventKind.DOOR_INPUT_FAULT, EventKind.FIRE_RELEASED]
    world.watchers[Role.FIRE](Wire.OFF)
    eventually(lambda: world.kinds[-2:] == [EventKind.DOOR_INPUT_BACK, EventKind.FIRE_ENDED])


def test_silence_opens_nothing_and_is_a_fault_of_each_wire(keeper: DoorKeeper, world: World) -> None:
    for role in (Role.CONTACT, Role.REX, Role.TAMPER, Role.FIRE):
        world.watchers[role](Wire.SILENT)
    eventually(lambda: world.kinds == [EventKind.DOOR_INPUT_FAULT] * 4)
    assert keeper.door.state is S.LOCKED
    assert {event.detail["fault"] for event in world.events} == {"silent"}


def test_a_lock_that_goes_is_told_once_and_so_is_its_return(keeper: DoorKeeper, world: World) -> None:
    assert world.lock_watcher is not None
    world.lock_watcher(False, "unplugged")
    eventually(lambda: world.kinds == [EventKind.LOCK_LOST])
    world.lock_watcher(True, "")
    eventually(lambda: world.kinds == [EventKind.LOCK_LOST, EventKind.LOCK_BACK])


@pytest.mark.parametrize("fault", [EquipmentFault("unplugged"), RuntimeError("a bug")])
def test_a_lock_that_fails_does_not_keep_the_rest_from_happening(
    keeper: DoorKeeper, world: World, fault: Exception
) -> None:
    world.fault = fault
    keeper.happened(Fire(True))
    assert world.kinds == [EventKind.FIRE_RELEASED]
    assert world.sounds[-1] is Sound.QUIET


def test_a_door_that_nobody_looks_after_locks_unless_it_burns(keeper: DoorKeeper, world: World) -> None:
    keeper.happened(FreeTime(True))
    keeper.stop()
    assert world.orders[-2:] == [None, "lock"]
    keeper.happened(Fire(True))
    keeper.stop()
    assert world.orders[-1] is None


def test_a_button_that_flutters_lets_people_out_until_it_is_quiet(
    world: World, keeper: DoorKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_ms = [1_000]
    monkeypatch.setattr(settled, "_now_ms", lambda: now_ms[0])
    keeper.start()
    for change in range(25):
        now_ms[0] += 60
        world.watchers[Role.REX](Wire.ON if change % 2 == 0 else Wire.OFF)
    assert world.kinds.count(EventKind.DOOR_INPUT_FAULT) == 1
    assert keeper.door.rex
    assert keeper.door.state is S.UNLOCKED
