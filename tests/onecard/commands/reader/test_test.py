"""`onecard reader test`."""

import pytest

from firmware_sim.osdp.bus import Rs485Bus
from firmware_sim.osdp.peripheral import Peripheral
from onecard.cli import main
from tests.edge.words import UID

Said = pytest.CaptureFixture[str]


def test_a_reader_that_is_well(config: str, reader: Peripheral, enrolled: str, capsys: Said) -> None:
    reader.set_input(1, True)
    reader.set_tamper(True)
    reader.present(bytes.fromhex(UID))
    assert main(["reader", "test", enrolled, "--config", config, "--card", "5"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Hold a card to the reader …",
        "north answers; serial number 04030201.",
        "Inputs: 0: at rest, 1: active, 2: at rest, 3: at rest",
        "Its housing is open.",
        f"Card: {UID}",
    ]
    assert reader.terminals.beeps == [1]


def test_one_that_does_not_answer(config: str, bus: Rs485Bus, enrolled: str, capsys: Said) -> None:
    bus.unplug()
    assert main(["reader", "test", enrolled, "--config", config]) == 1
    assert "no reader answers at address 1" in capsys.readouterr().err
    assert main(["reader", "test", "south", "--config", config]) == 1
    assert "no reader is called 'south'" in capsys.readouterr().err
