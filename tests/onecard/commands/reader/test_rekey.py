"""`onecard reader rekey`."""

import pytest

from firmware_sim.osdp.bus import Rs485Bus
from firmware_sim.osdp.peripheral import Peripheral
from onecard.cli import main


def test_a_new_key(config: str, reader: Peripheral, enrolled: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = reader.key
    assert main(["reader", "rekey", enrolled, "--config", config]) == 0
    assert capsys.readouterr().out == "north has a new key.\n"
    assert reader.key not in (before, None)


def test_a_reader_that_is_away(config: str, bus: Rs485Bus, enrolled: str, capsys: pytest.CaptureFixture[str]) -> None:
    bus.unplug()
    assert main(["reader", "rekey", enrolled, "--config", config]) == 1
    assert "no reader answers" in capsys.readouterr().err
