"""A serial port, on a pseudo terminal."""

import os
import pty
import tty
from collections.abc import Iterator

import pytest

from card_protocol.errors import EquipmentFault
from edge.drivers.serial_line import SerialLine
from tests.support.patience import eventually


@pytest.fixture
def far() -> Iterator[tuple[int, int]]:
    """(the other end, the descriptor that keeps our end's device file alive)."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    yield master, slave
    for descriptor in (master, slave):
        try:
            os.close(descriptor)
        except OSError:
            continue


def test_bytes_go_both_ways(far: tuple[int, int]) -> None:
    with SerialLine(os.ttyname(far[1]), 9600) as line:
        assert line.fileno() > 0
        assert line.write(b"there") == 5
        assert os.read(far[0], 10) == b"there"
        assert line.read(10) == b""
        os.write(far[0], b"back")
        assert eventually(lambda: line.read(10)) == b"back"
        os.write(far[0], b"noise")
        line.forget_input()
        assert line.read(10) == b""


def test_a_port_is_one_programs(far: tuple[int, int]) -> None:
    name = os.ttyname(far[1])
    with SerialLine(name, 9600), pytest.raises(EquipmentFault, match="cannot be opened"):
        SerialLine(name, 9600)


def test_a_port_that_goes_is_an_equipment_fault(far: tuple[int, int]) -> None:
    line = SerialLine(os.ttyname(far[1]), 9600)
    for descriptor in far:
        os.close(descriptor)
    with pytest.raises(EquipmentFault, match="has gone"):
        line.read(10)
    with pytest.raises(EquipmentFault, match="has gone"):
        line.write(b"x")
    line.close()


@pytest.mark.parametrize("port", ["/dev/nothing-here", "/etc/hostname"])
def test_a_port_that_is_none_is_told(port: str) -> None:
    with pytest.raises(EquipmentFault, match="cannot be opened"):
        SerialLine(port, 9600)
