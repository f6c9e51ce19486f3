"""A serial port, on a pseudo terminal."""

import os
import pty
import tty
from collections.abc import Iterator
from io import FileIO

import pytest

from card_protocol.errors import EquipmentFault
from edge.drivers import serial_line
from edge.drivers.serial_line import SerialLine
from tests.support.patience import eventually

Far = tuple[FileIO, FileIO]


@pytest.fixture
def far() -> Iterator[Far]:
    """(the other end, what keeps our end's device file alive)."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    ends = [os.fdopen(end, "r+b", buffering=0) for end in (master, slave)]
    yield ends[0], ends[1]
    for end in ends:
        end.close()


def test_bytes_go_both_ways(far: Far) -> None:
    with SerialLine(os.ttyname(far[1].fileno()), 9600) as line:
        assert line.fileno() > 0
        assert line.write(b"there") == 5
        assert far[0].read(10) == b"there"
        assert line.read(10) == b""
        far[0].write(b"back")
        assert eventually(lambda: line.read(10)) == b"back"
        far[0].write(b"noise")
        line.forget_input()
        assert line.read(10) == b""


def test_a_busy_machine_is_not_taken_for_a_port_that_is_stuck(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial_line, "STUCK_S", 0.0)
    with SerialLine(os.ttyname(far[1].fileno()), 9600) as line:
        assert line.write(b"there") == 5
        with pytest.raises(EquipmentFault, match="takes no more bytes"):
            line.write(bytes(1 << 20))


def test_a_port_is_one_programs(far: Far) -> None:
    name = os.ttyname(far[1].fileno())
    with SerialLine(name, 9600), pytest.raises(EquipmentFault, match="cannot be opened"):
        SerialLine(name, 9600)


def test_a_port_that_goes_is_an_equipment_fault(far: Far) -> None:
    line = SerialLine(os.ttyname(far[1].fileno()), 9600)
    for end in far:
        end.close()
    with pytest.raises(EquipmentFault, match="has gone"):
        line.read(10)
    with pytest.raises(EquipmentFault, match="has gone"):
        line.write(b"x")
    line.close()


@pytest.mark.parametrize("port", ["/dev/nothing-here", "/etc/hostname"])
def test_a_port_that_is_none_is_told(port: str) -> None:
    with pytest.raises(EquipmentFault, match="cannot be opened"):
        SerialLine(port, 9600)
