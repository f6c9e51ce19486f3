"""What an installer tries, on simulated devices."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from card_protocol.errors import EquipmentFault
from edge import fitting
from edge.fitting import Bench, find
from edge.ports.inputs import Wire
from tests.edge.fitted_box import FittedBox
from tests.edge.words import UID
from tests.support.patience import eventually


@pytest.fixture
def box(tmp_path: Path) -> Iterator[FittedBox]:
    box = FittedBox(tmp_path)
    yield box
    box.close()


def test_what_hangs_on_the_machine_is_offered_and_a_line_that_is_taken_is_not(
    box: FittedBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "serial_ports", lambda: (str(box.bus.path), "/dev/ttyUSB7"))
    monkeypatch.setattr(fitting, "reader_names", lambda: ["ACS 00"])
    monkeypatch.setattr(fitting, "gpio_chips", lambda: ("gpiochip0",))
    found = find(box.state_dir)
    assert found.readers == ("osdp:north", "pcsc:ACS 00", "nfc:tty:/dev/ttyUSB7:pn532", "nfc:usb")
    assert found.locks == ("osdp:north/0", "osdp:north/1", "relay:/dev/ttyUSB7/1", "relay:/dev/ttyUSB7/2")
    assert found.inputs == tuple(f"osdp:north/{number}" for number in range(4))


def test_without_pcscd_there_are_no_such_readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> list[str]:
        raise EquipmentFault("pcscd does not run")

    monkeypatch.setattr(fitting, "reader_names", absent)
    assert find(tmp_path).pcsc == ()


def test_a_card_is_read_and_the_lamp_shows(box: FittedBox) -> None:
    with Bench(box.state_dir) as bench:
        bench.open_reader("osdp:north")
        bench.open_reader("osdp:north")
        assert bench.read_card("osdp:north", 200) is None
        box.door.present(bytes.fromhex(UID))
        assert bench.read_card("osdp:north", 20_000) == UID
        bench.show("osdp:north", granted=True)
        eventually(lambda: [lamp.colour for lamp in box.reader.terminals.lamps] == [2])
        bench.show("osdp:north", granted=False)
        eventually(lambda: box.reader.terminals.lamps[-1].colour == 1)


def test_the_strike_is_never_left_released(box: FittedBox) -> None:
    with Bench(box.state_dir) as bench:
        assert bench.pulse("osdp:north/0", lambda: eventually(lambda: box.door.is_released), for_ms=60_000)
        eventually(lambda: not box.door.is_released)

        def stopped() -> None:
            eventually(lambda: box.door.is_released)
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            bench.pulse("osdp:north/0", stopped, for_ms=60_000)
        eventually(lambda: not box.door.is_released)


def test_a_device_that_is_not_there_says_so(box: FittedBox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "ORDER_TIMEOUT_MS", 200)
    with Bench(box.state_dir) as bench:
        with pytest.raises(EquipmentFault, match="south"):
            bench.open_reader("osdp:south")
        with pytest.raises(EquipmentFault, match="does not answer"):
            bench.pulse("relay:/dev/ttyNOT/1", lambda: None)


def test_the_wire_that_moves_is_found_once_it_has_settled(box: FittedBox) -> None:
    with Bench(box.state_dir) as bench:
        ear = bench.listen([f"osdp:north/{number}" for number in range(4)] + ["osdp:south/0"])
        eventually(lambda: ear.now().get("osdp:north/0") is Wire.OFF)
        before = ear.now()
        assert ear.wait_for_change(before, 50) is None
        threading.Timer(0.05, box.door.force).start()
        assert ear.wait_for_change(before, 20_000) == ("osdp:north/0", Wire.ON)
        before = ear.now()
        box.door.let_go()
        assert ear.wait_for_change(before, 20_000) == ("osdp:north/0", Wire.OFF)
