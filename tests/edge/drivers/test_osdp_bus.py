"""libosdp's control panel on a pseudo terminal, with simulated readers on the line."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from card_protocol.errors import EquipmentFault
from edge.drivers import osdp_bus, osdp_unit
from edge.drivers.osdp_bus import OsdpBus, command_of, keys_of
from edge.drivers.osdp_devices import OsdpLock
from edge.drivers.osdp_unit import Beep, Colour, Rekey, Shine, Switch, Unit, UnitPlace, Write
from firmware_sim.osdp.bus import Rs485Bus
from firmware_sim.osdp.hardware import Lamp
from firmware_sim.osdp.peripheral import Command, Peripheral
from tests.edge.words import UID
from tests.support.patience import eventually

KEY = bytes(range(16))
OTHER_KEY = bytes(range(16, 32))
LONG_MS = 20_000


class Line:
    """Readers on one side, our driver on the other."""

    def __init__(self, folder: Path) -> None:
        self.readers = [Peripheral(1, KEY, os.urandom), Peripheral(2, OTHER_KEY, os.urandom)]
        self.bus = Rs485Bus(folder / "ttyRS485", self.readers)
        places = [UnitPlace("north", 1, KEY), UnitPlace("south", 2, OTHER_KEY)]
        self.panel = OsdpBus(str(self.bus.path), 9600, places)
        self.north, self.south = self.panel.unit("north"), self.panel.unit("south")

    def close(self) -> None:
        self.panel.close()
        self.bus.close()


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osdp_bus, "LINE_RETRY_MS", 50)
    monkeypatch.setattr(osdp_bus, "REVIVE_AFTER_MS", 50)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    line = Line(tmp_path)
    yield line
    line.close()


def online(*units: Unit) -> Callable[[], bool]:
    return lambda: all(unit.is_online for unit in units)


def test_several_readers_on_a_line_each_with_its_own_key(line: Line) -> None:
    eventually(online(line.north, line.south))
    with line.bus.lock:
        line.readers[0].present(bytes.fromhex(UID))
    card = line.north.wait_for_card(LONG_MS)
    assert card is not None
    assert (card.bits, card.data) == (56, bytes.fromhex(UID))
    assert line.south.wait_for_card(1) is None


def test_keys_arrive_in_their_order_and_those_of_others_do_not(line: Line) -> None:
    eventually(online(line.north, line.south))
    typed: list[str] = []
    line.north.watch_keys(typed.append)
    with line.bus.lock:
        line.readers[1].type("5")
        line.readers[0].type("09*#")
    eventually(lambda: typed == ["0", "9", "*", "#"])


def test_keys_in_the_standards_codes() -> None:
    assert keys_of(bytes.fromhex("30 39 7F 0D")) == "09*#"
    assert keys_of(bytes((0x41, 0x2A, 0x00, 0xFF))) == "*", "function keys mean nothing"


def test_inputs_are_known_from_the_start_and_when_they_change(line: Line) -> None:
    line.readers[0].terminals.inputs[1] = True
    eventually(lambda: line.north.inputs == bytes((0, 1, 0, 0)) and line.north.local == bytes(2))
    with line.bus.lock:
        line.readers[0].set_input(0, True)
        line.readers[0].set_tamper(True)
    eventually(lambda: line.north.inputs == bytes((1, 1, 0, 0)) and line.north.local == bytes((1, 0)))


def test_commands_arrive(line: Line) -> None:
    eventually(online(line.north))
    line.north.give(Switch(0, on=True, for_ms=3000))
    line.north.give(Shine(Colour.GREEN, 2000))
    line.north.give(Beep(2))
    line.north.give(Write("Please come in", 3000))
    there = line.readers[0].terminals
    eventually(lambda: there.texts == ["Please come in"])
    assert (there.outputs[0], there.lamps, there.beeps) == (True, [Lamp(2, 2000)], [2])


def test_an_output_is_what_it_shall_be_when_its_reader_is_back(line: Line) -> None:
    eventually(online(line.north))
    line.bus.unplug()
    eventually(lambda: not line.north.is_online)
    for order in (Switch(0, on=True), Switch(1, on=True, for_ms=1)):
        with pytest.raises(EquipmentFault):
            line.north.give(order)
    line.bus.plug()
    eventually(online(line.north))
    eventually(lambda: line.readers[0].terminals.outputs == [True, False])


def test_a_reader_gets_a_new_key_under_the_old_one(line: Line) -> None:
    eventually(online(line.north))
    line.north.give(Rekey(OTHER_KEY))
    assert line.north.wait_until(lambda: line.north.rekeyed, LONG_MS)
    assert line.readers[0].key == OTHER_KEY


@pytest.mark.parametrize(
    ("order", "code", "ticks"),
    [
        (Switch(0, on=False), 1, 0),
        (Switch(0, on=True), 2, 0),
        (Switch(0, on=True, for_ms=3000), 5, 30),
        (Switch(0, on=True, for_ms=1), 5, 1),
        (Switch(0, on=True, for_ms=10**9), 5, 0xFFFF),
    ],
)
def test_an_output_in_the_standards_numbers(order: Switch, code: int, ticks: int) -> None:
    command = command_of(order)
    assert (command["control_code"], command["timer_count"]) == (code, ticks)


def test_a_reader_that_lost_its_session_is_back_in_no_time(line: Line) -> None:
    eventually(online(line.north, line.south))
    with line.bus.lock:
        line.readers[0].drop_session()
    eventually(lambda: not line.north.is_online)
    eventually(online(line.north))
    with line.bus.lock:
        line.readers[0].present(bytes.fromhex(UID))
    assert line.north.wait_for_card(LONG_MS) is not None


def test_a_reader_with_another_key_never_comes_online_and_the_others_do(tmp_path: Path) -> None:
    reader = Peripheral(1, OTHER_KEY, os.urandom)
    good = Peripheral(2, OTHER_KEY, os.urandom)
    bus = Rs485Bus(tmp_path / "ttyRS485", [reader, good])
    panel = OsdpBus(str(bus.path), 9600, [UnitPlace("wrong", 1, KEY), UnitPlace("good", 2, OTHER_KEY)])
    eventually(online(panel.unit("good")))
    assert not panel.unit("wrong").is_online
    assert not reader.is_secure
    panel.close()
    bus.close()


def test_a_reader_in_installation_mode_is_not_served(tmp_path: Path) -> None:
    fresh, good = Peripheral(1, None, os.urandom), Peripheral(2, OTHER_KEY, os.urandom)
    bus = Rs485Bus(tmp_path / "ttyRS485", [fresh, good])
    panel = OsdpBus(str(bus.path), 9600, [UnitPlace("fresh", 1, KEY), UnitPlace("good", 2, OTHER_KEY)])
    eventually(online(panel.unit("good")))
    assert not panel.unit("fresh").is_online
    panel.close()
    bus.close()


def test_a_question_that_a_reader_does_not_know_is_not_asked_again(tmp_path: Path) -> None:
    reader = Peripheral(1, KEY, os.urandom)
    reader.refuses = frozenset({Command.ISTAT, Command.LSTAT})
    bus = Rs485Bus(tmp_path / "ttyRS485", [reader])
    panel = OsdpBus(str(bus.path), 9600, [UnitPlace("north", 1, KEY)])
    unit = panel.unit("north")
    eventually(lambda: unit.is_online and not unit.answers_status)
    with bus.lock:
        reader.set_input(0, True)
    eventually(lambda: unit.inputs == bytes((1, 0, 0, 0)))
    panel.close()
    bus.close()


def falls(seen: list[bool]) -> int:
    """How often a reader that was online went away."""
    return sum(was and not now for was, now in itertools.pairwise([True, *seen]))


@pytest.mark.parametrize(("output", "drops"), [(5, 1), (0, osdp_unit.REFUSALS_MAX)])
def test_an_output_that_a_reader_does_not_have_is_a_trouble_told_once(tmp_path: Path, output: int, drops: int) -> None:
    """It says that it has two: the sixth is believed to be missing at once, the first after a few refusals."""
    reader = Peripheral(1, KEY, os.urandom)
    reader.refuses = frozenset({Command.OUT})
    bus = Rs485Bus(tmp_path / "ttyRS485", [reader])
    panel = OsdpBus(str(bus.path), 9600, [UnitPlace("north", 1, KEY)])
    unit, seen, told = panel.unit("north"), list[bool](), list[str]()
    eventually(online(unit))
    assert unit.output_count == 2
    unit.watch(lambda: seen.append(unit.is_online))
    OsdpLock(unit, output).watch(lambda _answers, why: told.append(why))
    unit.give(Switch(output, on=True))
    eventually(lambda: bool(unit.lacks(output)))
    with pytest.raises(EquipmentFault, match=f"refuses output {output}"):
        unit.give(Switch(output, on=True))
    # Not `online` alone: the session may not have ended yet, and who waits for a card is sent away when it does.
    eventually(lambda: falls(seen) == drops and unit.is_online)
    with bus.lock:
        reader.present(bytes.fromhex(UID))
    assert unit.wait_for_card(LONG_MS) is not None, "the reader goes on reading"
    assert falls(seen) == drops
    assert sum("refuses" in why for why in told) == 1
    panel.close()
    bus.close()


def test_an_adapter_that_is_unplugged_and_plugged_in_again(line: Line) -> None:
    eventually(online(line.north))
    line.bus.unplug()
    eventually(lambda: not line.north.is_online)
    with pytest.raises(EquipmentFault, match="does not answer"):
        line.north.give(Beep(1))
    assert line.north.wait_for_card(LONG_MS) is None
    line.bus.plug()
    eventually(online(line.north, line.south))


def test_noise_and_late_answers_pass(line: Line) -> None:
    eventually(online(line.north))
    for noise in (b"\x53", b"\xff\x00\x53\x01\x08", os.urandom(200)):
        line.bus.disturb(noise)
    with line.bus.lock:
        line.bus.late_ms = 30
        line.readers[0].present(bytes.fromhex(UID))
    eventually(lambda: line.north.is_online and line.north.wait_for_card(100))


def test_another_baud_rate_is_silence_until_it_is_put_right(line: Line) -> None:
    eventually(online(line.north))
    line.bus.baud = 115200
    eventually(lambda: not line.north.is_online)
    line.bus.baud = 9600
    eventually(online(line.north))


def test_two_readers_with_one_address_disturb_nobody_else(tmp_path: Path) -> None:
    twins = [Peripheral(1, KEY, os.urandom), Peripheral(1, KEY, os.urandom)]
    good = Peripheral(2, OTHER_KEY, os.urandom)
    bus = Rs485Bus(tmp_path / "ttyRS485", [*twins, good])
    panel = OsdpBus(str(bus.path), 9600, [UnitPlace("twin", 1, KEY), UnitPlace("good", 2, OTHER_KEY)])
    eventually(online(panel.unit("good")))
    assert not panel.unit("twin").is_online
    panel.close()
    bus.close()


def test_a_port_that_is_not_there_is_waited_for(tmp_path: Path) -> None:
    panel = OsdpBus(str(tmp_path / "ttyRS485"), 9600, [UnitPlace("north", 1, KEY)])
    with pytest.raises(EquipmentFault):
        panel.unit("north").wait_online(10)
    bus = Rs485Bus(tmp_path / "ttyRS485", [Peripheral(1, KEY, os.urandom)])
    eventually(online(panel.unit("north")))
    panel.close()
    bus.close()


def test_without_libosdp_it_is_a_clear_equipment_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osdp_bus, "osdp_sys", None)
    with pytest.raises(EquipmentFault, match="libosdp"):
        OsdpBus("/dev/null", 9600, [])


def test_a_key_does_not_print() -> None:
    assert KEY.hex() not in repr(UnitPlace("north", 1, KEY))
    assert repr(KEY) not in repr(UnitPlace("north", 1, KEY))
