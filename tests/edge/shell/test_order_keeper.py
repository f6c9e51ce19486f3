"""Orders reach doors and readers: once, in time, over restarts; what lasts is brought about again and again."""

from dataclasses import replace
from pathlib import Path

import pytest

from card_protocol.errors import EquipmentFault
from card_protocol.wire.command import Action, Command
from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import ClockQuality, Moment
from edge.core.door_words import Hold
from edge.core.door_words import Input as DoorInput
from edge.drivers.order_store import OrderMark
from edge.shell.order_keeper import OrderDevices, OrderKeeper
from edge.shell.tap_loop import Restarted
from gateway.core.command_intake import take
from gateway.drivers.order_file import OrderReader, OrderWriter
from gateway.ports.orders import NO_ORDERS
from tests.gateway.orders import command
from tests.gateway.world import NOON_MS
from tests.support.patience import eventually

NOW = Moment(wall_ms=NOON_MS, mono_ns=1, boot="boot-1", clock=ClockQuality.NTP)


class Place:
    """A box with one gate and a clinic in the yard, on real files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writer = OrderWriter(folder, 0)
        self.orders = NO_ORDERS
        self.opened: list[int] = []
        self.inputs: list[DoorInput] = []
        self.levels: dict[str, int] = {}
        self.restarts: list[Restarted] = []
        self.forgiven: list[str] = []
        self.events: list[Event] = []
        self.fault: Exception | None = None
        self.keeper = self.begin()

    def begin(self) -> OrderKeeper:
        devices = OrderDevices(
            book=OrderReader(self.folder),
            doors={"gate": self},
            unlock_ms={"gate": 3000, "clinic": 3000},
            restart={"gate": self.restarts.append, "clinic": self.restarts.append},
            areas=lambda: ["yard"],
            lock_down=self.levels.__setitem__,
            forgive=self.forgiven.append,
            memory=OrderMark(self.folder),
            recorder=self,
            now=lambda: NOW,
        )
        self.keeper = OrderKeeper(devices)
        return self.keeper

    def give(self, *commands: Command) -> None:
        for one in commands:
            self.orders = take(self.orders, one, NOW).orders
        self.writer.keep(self.orders)

    def unlock(self, for_ms: int) -> None:
        if self.fault is not None:
            raise self.fault
        self.opened.append(for_ms)

    def happened(self, happened: DoorInput) -> None:
        self.inputs.append(happened)

    def note(self, event: Event) -> None:
        self.events.append(event)

    def record(self, event: Event, deadline_ms: int) -> int | None:
        raise AssertionError("nobody waits for a report")

    @property
    def told(self) -> list[tuple[EventKind, object, object]]:
        return [(event.kind, event.detail["number"], event.detail.get("why")) for event in self.events]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_the_gate_opens_once_also_over_a_restart(place: Place) -> None:
    place.give(command(1))
    place.keeper.look()
    place.keeper.look()
    place.begin().look()
    assert place.opened == [3000]
    assert place.told == [(EventKind.COMMAND_DONE, 1, None)]


def test_a_command_that_the_points_slept_through_is_not_begun_too_late(place: Place) -> None:
    place.give(command(1, expires_ms=NOON_MS + 1))
    place.orders = place.orders.model_copy(
        update={"waiting": (command(1, issued_ms=NOON_MS - 9000, expires_ms=NOON_MS - 1),)}
    )
    place.writer.keep(place.orders)
    place.keeper.look()
    assert place.opened == []
    assert place.told == [(EventKind.COMMAND_FAILED, 1, "expired")]


def test_what_lasts_is_brought_about_and_comes_back_after_a_restart(place: Place) -> None:
    place.give(command(1, Action.HOLD_OPEN), command(2, Action.LOCK_DOWN, level=2))
    place.keeper.look()
    assert (place.inputs[-1], place.levels) == (Hold(True), {"yard": 2})
    place.levels.clear()
    place.begin().look()
    assert (place.inputs[-1], place.levels) == (Hold(True), {"yard": 2})
    place.give(command(3, Action.RELEASE), command(4, Action.RELEASE, area="yard"))
    place.keeper.look()
    assert (place.inputs[-1], place.levels) == (Hold(False), {"yard": 0})
    assert place.told == [(EventKind.COMMAND_DONE, number, None) for number in (1, 2, 3, 4)]


def test_a_lockdown_that_comes_with_an_opening_has_the_last_word(place: Place) -> None:
    order: list[str] = []
    place.unlock = lambda for_ms: order.append("unlock")  # type: ignore[method-assign]
    place.happened = lambda happened: order.append(type(happened).__name__)  # type: ignore[method-assign]
    place.give(command(1), command(2, Action.HOLD_OPEN))
    place.keeper.look()
    assert order == ["unlock", "Hold"]


def test_a_lockdown_that_cannot_be_set_is_reported_and_tried_again(place: Place) -> None:
    set_level = place.levels.__setitem__

    def fails(_area: str, _level: int) -> None:
        raise EquipmentFault("the book cannot be read")

    devices = place.keeper._devices
    place.keeper._devices = replace(devices, lock_down=fails)
    place.give(command(1, Action.HOLD_OPEN), command(2, Action.LOCK_DOWN, level=2))
    place.keeper.look()
    assert place.told == [(EventKind.COMMAND_DONE, 1, None), (EventKind.COMMAND_FAILED, 2, "the book cannot be read")]
    place.keeper._devices = replace(devices, lock_down=set_level)
    place.keeper.look()
    assert place.levels == {"yard": 2}


def test_a_lock_that_fails_is_reported(place: Place) -> None:
    place.fault = EquipmentFault("the relay is gone")
    place.give(command(1))
    place.keeper.look()
    assert place.told == [(EventKind.COMMAND_FAILED, 1, "the relay is gone")]


def test_a_reader_is_reported_when_it_is_back(place: Place) -> None:
    place.give(command(1, Action.RESTART_READER, point="clinic"))
    place.keeper.look()
    assert place.told == []
    place.restarts[0]("")
    assert place.told == [(EventKind.COMMAND_DONE, 1, None)]
    place.give(command(2, Action.RESTART_READER))
    place.keeper.look()
    place.restarts[1]("no such device")
    assert place.told[-1] == (EventKind.COMMAND_FAILED, 2, "no such device")


def test_orders_that_nobody_can_read_change_nothing(place: Place, tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "orders.json").write_bytes(b"?")
    place.keeper.look()
    assert (place.inputs, place.levels) == ([], {})


def test_the_thread_hears_the_bell_and_ends(place: Place) -> None:
    place.keeper.start()
    place.give(command(1))
    eventually(lambda: place.opened)
    assert place.keeper.alive()
    place.keeper.stop()
    assert not place.keeper.alive()


def test_who_is_inside_is_forgotten_once_and_the_journal_says_so(place: Place) -> None:
    place.give(command(1, Action.FORGIVE, point="clinic"))
    place.keeper.look()
    place.keeper.look()
    assert place.forgiven == ["clinic"]
    assert [(event.kind, event.point, event.detail["action"]) for event in place.events] == [
        (EventKind.COMMAND_DONE, "clinic", "forgive")
    ]
