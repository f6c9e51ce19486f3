"""An edge's file, and a simulated reader fresh from the factory on a line."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge import installer
from firmware_sim.osdp.bus import Rs485Bus
from firmware_sim.osdp.peripheral import Peripheral


@pytest.fixture(autouse=True)
def quick_and_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECARD_LANG", "en")
    monkeypatch.setattr(installer, "ONLINE_TIMEOUT_MS", 1000)


@pytest.fixture
def reader() -> Peripheral:
    return Peripheral(1, None, os.urandom)


@pytest.fixture
def bus(tmp_path: Path, reader: Peripheral) -> Iterator[Rs485Bus]:
    bus = Rs485Bus(tmp_path / "ttyRS485", [reader])
    yield bus
    bus.close()


@pytest.fixture
def config(tmp_path: Path) -> str:
    file = tmp_path / "edge.toml"
    file.write_text(
        f'state_dir = "{tmp_path}/box"\n\n[[points]]\nid = "gate"\nreader = "osdp:north"\nlock = "osdp:north/0"\n',
        encoding="utf-8",
    )
    return str(file)


@pytest.fixture
def enrolled(bus: Rs485Bus, config: str, capsys: pytest.CaptureFixture[str]) -> str:
    """The reader's name."""
    from onecard.cli import main

    assert main(["reader", "add", "north", "--config", config, "--port", str(bus.path), "--address", "1"]) == 0
    capsys.readouterr()
    return "north"
