"""`onecard gateway run` as a program: it serves, and ends cleanly when it is asked to."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.drivers.box_status import read_status
from onecard.cli import main
from tests.edge.box import enrol

PATIENCE_S = 30.0


def config(tmp_path: Path) -> Path:
    file = tmp_path / "gateway.toml"
    box = tmp_path / "box"
    file.write_text(
        f'state_dir = "{box}"\nserver_url = "http://127.0.0.1:1"\n\n[broker]\nport = 1\nplain = true\n',
        encoding="utf-8",
    )
    return file


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_runs_and_ends_when_it_is_asked_to(tmp_path: Path, how: signal.Signals) -> None:
    enrol(tmp_path / "box")
    command = [sys.executable, "-m", "onecard", "gateway", "run", "--config", str(config(tmp_path))]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + PATIENCE_S
    while read_status(tmp_path / "box").head < 1:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(how)
    _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert "gateway_ready" in said
    assert "gateway_stopped" in said


def test_a_box_without_a_place_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert main(["gateway", "run", "--config", str(config(tmp_path))]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "not enrolled yet; run: onecard gateway enrol" in said


def test_an_unsafe_server_is_refused_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = config(tmp_path)
    file.write_text(file.read_text(encoding="utf-8").replace("127.0.0.1", "onecard.example"), encoding="utf-8")
    assert main(["gateway", "run", "--config", str(file)]) == 2
    said = capsys.readouterr().err
    assert f"{file}, line 2: server_url" in said
    assert "https://" in said
