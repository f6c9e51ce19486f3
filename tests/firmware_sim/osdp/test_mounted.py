"""A door on a reader, as its wires tell."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_sim.osdp.bus import Rs485Bus
from firmware_sim.osdp.door import BUTTON, CONTACT, STRIKE, Build
from firmware_sim.osdp.mounted import MountedDoor
from firmware_sim.osdp.peripheral import Peripheral
from tests.support.patience import eventually


@pytest.fixture
def reader() -> Peripheral:
    return Peripheral(1, bytes(16), os.urandom)


@pytest.fixture
def door(tmp_path: Path, reader: Peripheral) -> Iterator[MountedDoor]:
    bus = Rs485Bus(tmp_path / "ttyRS485", [reader])
    door = MountedDoor(bus, reader, Build(closes_after_ms=10))
    yield door
    door.close()
    bus.close()


def test_output_and_inputs_are_strike_contact_and_button(door: MountedDoor, reader: Peripheral) -> None:
    assert not door.push()
    reader.terminals.switch(STRIKE, 5, 100)
    assert door.is_released
    assert door.push()
    eventually(lambda: reader.terminals.inputs[CONTACT])
    door.prop()
    door.let_go()
    door.unprop()
    eventually(lambda: not door.is_open and not reader.terminals.inputs[CONTACT])
    door.press(True)
    eventually(lambda: reader.terminals.inputs[BUTTON])
    door.tamper(True)
    assert reader.terminals.tamper
    door.force()
    assert door.is_open
