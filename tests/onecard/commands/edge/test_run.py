"""`onecard edge run` as a program: it serves, and ends cleanly when it is asked to."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from card_protocol.words.event import Event
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Visit
from gateway.app import open_box
from tests.edge.box import enrol, publish
from tests.edge.issued import issued_card
from tests.edge.words import GATE
from tests.support.patience import PATIENCE_S, eventually


@pytest.fixture
def field() -> Iterator[UdpField]:
    field = UdpField()
    yield field
    field.close()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_tap_and_a_clean_end(tmp_path: Path, field: UdpField, how: signal.Signals) -> None:
    box = enrol(tmp_path / "box")
    publish(box)
    file = tmp_path / "edge.toml"
    point = f'id = "{GATE}"\nreader = "nfc:udp:127.0.0.1:{field.port}"\nlock = "sim"\n'
    file.write_text(f'state_dir = "{box}"\n\n[[points]]\n{point}', encoding="utf-8")
    with (tmp_path / "log").open("wb") as log:
        program = subprocess.Popen(
            [sys.executable, "-m", "onecard", "edge", "run", "--config", str(file)], stdout=log, stderr=log
        )
    try:
        field.place(Visit(issued_card()))
        eventually(lambda: b'"tap"' in (tmp_path / "log").read_bytes())
        program.send_signal(how)
        assert program.wait(PATIENCE_S) == 0
    finally:
        program.kill()
        program.wait()
    with open_box(box) as files:
        assert any(Event.from_bytes(entry.body).granted for entry in files.journal.read(1, 100))
    log_lines = [json.loads(line) for line in (tmp_path / "log").read_text(encoding="utf-8").splitlines()]
    [line] = [line for line in log_lines if line["event"] == "tap"]
    assert (line["point"], line["reason"], line["round_trips"]) == (GATE, "granted", 4)
    assert line["seen_to_unlock_ms"] > 0
