"""GPIO lines, with a chip that only exists here: gpiod's interface and nothing else of it."""

import enum
import queue
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from card_protocol.errors import EquipmentFault
from edge.drivers import gpio_lines, switched
from edge.drivers.gpio_lines import GpioInput, gpio_lock
from edge.drivers.switched import SwitchedLock
from edge.ports.inputs import Wire
from tests.edge.drivers.lock_contract import PluggedLockContract, Strike
from tests.support.patience import eventually

Value = enum.Enum("Value", {"INACTIVE": 0, "ACTIVE": 1})
Direction = enum.Enum("Direction", ["INPUT", "OUTPUT"])
Edge = enum.Enum("Edge", ["NONE", "BOTH"])
EdgeType = enum.Enum("EdgeType", ["RISING_EDGE", "FALLING_EDGE"])


class Chip(Strike):
    """Its lines by number; unplugged, every call on it fails."""

    def __init__(self) -> None:
        self.values: dict[int, Any] = {}
        self.settings: dict[int, Any] = {}
        self.edges: queue.Queue[Any] = queue.Queue(100)
        self.is_there = True

    def is_released(self) -> bool:
        return self.values.get(17) is Value.ACTIVE

    def unplug(self) -> None:
        self.is_there = False

    def plug(self) -> None:
        self.is_there = True

    def check(self) -> None:
        if not self.is_there:
            raise OSError("no such device")

    def request(self, path: str, consumer: str, config: dict[int, Any]) -> "Request":
        self.check()
        assert (path, consumer) == ("/dev/gpiochip0", "onecard")
        self.settings |= config
        return Request(self)

    def push(self, on: bool) -> None:
        self.edges.put(SimpleNamespace(event_type=EdgeType.RISING_EDGE if on else EdgeType.FALLING_EDGE))


class Request:
    def __init__(self, chip: Chip) -> None:
        self._chip = chip

    def set_value(self, line: int, value: Any) -> None:
        self._chip.check()
        self._chip.values[line] = value

    def get_value(self, line: int) -> Any:
        self._chip.check()
        return self._chip.values.get(line, Value.INACTIVE)

    def wait_edge_events(self, timeout: float) -> bool:
        self._chip.check()
        try:
            self._next = self._chip.edges.get(timeout=min(timeout, 0.02))
        except queue.Empty:
            return False
        return True

    def read_edge_events(self) -> list[Any]:
        return [self._next]

    def release(self) -> None:
        pass


@pytest.fixture
def chip(monkeypatch: pytest.MonkeyPatch) -> Chip:
    chip = Chip()
    library = SimpleNamespace(
        line=SimpleNamespace(Direction=Direction, Edge=Edge, Value=Value),
        LineSettings=SimpleNamespace,
        EdgeEvent=SimpleNamespace(Type=EdgeType),
        request_lines=chip.request,
    )
    monkeypatch.setattr(gpio_lines, "gpiod", library)
    monkeypatch.setattr(gpio_lines, "RETRY_MS", 20)
    monkeypatch.setattr(switched, "RETRY_MS", 20)
    monkeypatch.setattr(switched, "CHECK_MS", 50)
    return chip


class TestContract(PluggedLockContract):
    @pytest.fixture
    def strike(self, chip: Chip) -> Chip:
        return chip

    @pytest.fixture
    def lock(self, strike: Chip) -> Iterator[SwitchedLock]:
        lock = gpio_lock("gpiochip0/17")
        yield lock
        lock.close()


@pytest.fixture
def heard(chip: Chip) -> Iterator[list[Wire]]:
    heard: list[Wire] = []
    wire = GpioInput("gpiochip0/27!")
    wire.watch(heard.append)
    yield heard
    wire.close()


def test_a_wire_tells_how_it_stands_and_its_edges(chip: Chip, heard: list[Wire]) -> None:
    eventually(lambda: heard == [Wire.OFF])
    chip.push(True)
    chip.push(False)
    eventually(lambda: heard == [Wire.OFF, Wire.ON, Wire.OFF])
    assert chip.settings[27].active_low
    assert chip.settings[27].edge_detection is Edge.BOTH


def test_a_chip_that_goes_is_silence_until_it_is_back(chip: Chip, heard: list[Wire]) -> None:
    eventually(lambda: heard)
    chip.unplug()
    eventually(lambda: heard[-1] is Wire.SILENT)
    chip.values[27] = Value.ACTIVE
    chip.plug()
    eventually(lambda: heard[-1] is Wire.ON)


@pytest.mark.usefixtures("chip")
@pytest.mark.parametrize("address", ["", "17", "gpiochip0", "gpiochip0/x", "/dev/gpiochip0/17"])
def test_an_address_that_is_none_is_told(address: str) -> None:
    for make in (gpio_lock, GpioInput):
        with pytest.raises(EquipmentFault, match="a line is CHIP/NUMBER"):
            make(address)


def test_without_gpiod_it_is_a_clear_equipment_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpio_lines, "gpiod", None)
    for make in (gpio_lock, GpioInput):
        with pytest.raises(EquipmentFault, match=r"onecard\[gpio\]"):
            make("gpiochip0/17")
