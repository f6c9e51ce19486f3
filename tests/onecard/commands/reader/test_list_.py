"""`onecard reader list`."""

import json
from pathlib import Path

import pytest

from firmware_sim.osdp.bus import Rs485Bus
from firmware_sim.osdp.peripheral import Peripheral
from onecard.cli import main

Said = pytest.CaptureFixture[str]


def test_readers_without_their_keys(
    config: str, bus: Rs485Bus, reader: Peripheral, enrolled: str, capsys: Said
) -> None:
    assert main(["reader", "list", "--config", config]) == 0
    assert capsys.readouterr().out == f"{enrolled}  {bus.path} 9600  1\n"
    assert main(["reader", "list", "--config", config, "--json"]) == 0
    said = capsys.readouterr().out
    assert json.loads(said) == [{"name": enrolled, "port": str(bus.path), "baud": 9600, "address": 1}]
    assert reader.key is not None
    assert reader.key.hex() not in said


def test_none(config: str, capsys: Said) -> None:
    assert main(["reader", "list", "--config", config]) == 0
    assert capsys.readouterr().out.startswith("None.")


def test_a_damaged_file(config: str, tmp_path: Path, capsys: Said) -> None:
    path = tmp_path / "box" / "private" / "readers.json"
    path.parent.mkdir(parents=True)
    path.touch(mode=0o600)
    assert main(["reader", "list", "--config", config]) == 1
    assert "damaged" in capsys.readouterr().err
