"""The line as a line: what the panel's end reads and writes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from firmware_sim.osdp.bus import Rs485Bus
from firmware_sim.osdp.frame import close, head, parse
from firmware_sim.osdp.peripheral import Command, Peripheral, Reply
from tests.support.patience import eventually

ID = close(head(1, 0, b"", Command.ID, b"\x00", with_mac=False))


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Rs485Bus]:
    bus = Rs485Bus(tmp_path / "ttyRS485", [Peripheral(1, bytes(16), os.urandom), Peripheral(2, bytes(16), os.urandom)])
    yield bus
    bus.close()


def ask(bus: Rs485Bus, packet: bytes, baud: int = 9600, timeout_s: float = 5.0) -> bytes:
    with serial.Serial(str(bus.path), baud, timeout=timeout_s) as port:
        port.write(packet)
        start = port.read(4)
        return start + (port.read(int.from_bytes(start[2:4], "little") - 4) if start else b"")


def test_the_one_that_is_meant_answers(bus: Rs485Bus) -> None:
    reply = parse(ask(bus, b"\xff" + ID))
    assert (reply.address, reply.code) == (0x81, Reply.PDID)


def test_nobody_answers_at_another_baud_rate_or_to_noise(bus: Rs485Bus) -> None:
    assert ask(bus, ID, baud=115200, timeout_s=0.2) == b""
    assert ask(bus, b"\x53\x01noise", timeout_s=0.2) == b""
    assert parse(ask(bus, ID)).code == Reply.PDID


def test_two_at_one_address_destroy_each_other(bus: Rs485Bus) -> None:
    bus.peripherals[1].address = 1
    bus.peripherals[1].terminals.tamper = True
    with serial.Serial(str(bus.path), 9600, timeout=5) as port:
        port.write(ID)
        assert port.read(1) != b"\x53"


def test_who_opens_a_file_after_an_unplugging_has_it_alone(bus: Rs485Bus, tmp_path: Path) -> None:
    """It may get the number that the line had, and the line's thread robbed it of what it was about to read."""
    file = tmp_path / "enrolment.json"
    file.write_bytes(bytes(300))
    for _ in range(100):
        bus.unplug()
        assert [len(file.read_bytes()) for _ in range(4)] == [300] * 4
        bus.plug()


def test_an_unplugged_adapter_takes_its_file_with_it(bus: Rs485Bus) -> None:
    with serial.Serial(str(bus.path), 9600, timeout=1) as port:
        bus.unplug()
        assert not bus.path.exists()
        with pytest.raises(serial.SerialException):
            eventually(lambda: port.read(1) and False)
    bus.plug()
    bus.plug()
    assert parse(ask(bus, ID)).code == Reply.PDID


def test_a_burst_reaches_the_panel(bus: Rs485Bus) -> None:
    with serial.Serial(str(bus.path), 9600, timeout=5) as port:
        bus.disturb(b"lift motor")
        assert port.read(10) == b"lift motor"
