"""`onecard reader add`."""

from pathlib import Path

import pytest

from firmware_sim.osdp.bus import Rs485Bus
from firmware_sim.osdp.peripheral import Peripheral
from onecard.cli import main

Said = pytest.CaptureFixture[str]


def add(config: str, bus: Rs485Bus, *more: str, name: str = "north") -> int:
    return main(["reader", "add", name, "--config", config, "--port", str(bus.path), "--address", "1", *more])


def test_a_fresh_reader(config: str, bus: Rs485Bus, reader: Peripheral, capsys: Said) -> None:
    assert add(config, bus) == 0
    assert 'reader = "osdp:north"' in capsys.readouterr().out
    assert reader.key is not None
    assert reader.key.hex() not in capsys.readouterr().out


def test_a_reader_with_a_key(config: str, bus: Rs485Bus, reader: Peripheral, tmp_path: Path, capsys: Said) -> None:
    reader.key = bytes(range(16))
    assert add(config, bus) == 1
    assert "or not to this key" in capsys.readouterr().err
    file = tmp_path / "key"
    file.write_text("nonsense")
    assert add(config, bus, "--key-file", str(file)) == 2
    file.write_text(bytes(range(16)).hex() + "\n")
    assert add(config, bus, "--key-file", str(file)) == 0
    assert reader.key != bytes(range(16))


@pytest.mark.parametrize(("name", "more"), [("No Name", ()), ("north", ("--baud", "1200"))])
def test_what_makes_no_sense(config: str, bus: Rs485Bus, name: str, more: tuple[str, ...], capsys: Said) -> None:
    assert add(config, bus, *more, name=name) == 2
    assert capsys.readouterr().err


def test_a_name_that_is_taken(config: str, bus: Rs485Bus, enrolled: str, capsys: Said) -> None:
    assert add(config, bus, name=enrolled) == 2
    assert capsys.readouterr().err == "a reader is already called north\n"


def test_a_key_file_that_is_not_there(config: str, bus: Rs485Bus, capsys: Said) -> None:
    assert add(config, bus, "--key-file", "/nowhere") == 2
    assert "/nowhere" in capsys.readouterr().err
