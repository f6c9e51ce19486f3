"""`onecard bench tap` as a program; the other stack is in tests/onecard/bench/test_tap.py."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from onecard.cli import main
from onecard.commands.bench import tap
from tests.support.condition import unmet


def test_figures_on_the_terminal_and_in_the_file(tmp_path: Path) -> None:
    stack = "nfc" if unmet("pcscd") else "pcsc"
    file = tmp_path / "tap.json"
    words = ["bench", "tap", "--taps", "10", "--stack", stack, "--json", str(file)]
    done = subprocess.run(
        [sys.executable, "-m", "onecard", *words],
        env=os.environ | {"ONECARD_LANG": "en", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(file.read_text(encoding="utf-8"))["stacks"][stack]
    assert f"{figures['p50_ms']}" in done.stdout
    assert done.stdout.startswith(f"{stack}: p50")
    assert f"{stack} 10/10" in done.stderr


FIGURES = {
    "p50_ms": 30.0,
    "p99_ms": 41.0,
    "floor_p50_ms": 25.0,
    "floor_p99_ms": 33.0,
    "ratio": 1.2,
    "round_trips_before_unlock": 4,
    "bytes_on_air": 212,
    "modelled_air_ms_106": 19.0,
}


@pytest.mark.parametrize(("language", "told"), [("en", "nfc: p50 30.0 ms"), ("zh", "nfc：中位 30.0 毫秒")])
def test_each_stack_has_a_line_in_the_readers_language(
    language: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONECARD_LANG", language)
    monkeypatch.setattr(tap, "run", lambda *_: {"stacks": {"nfc": FIGURES}, "absent": {"pcsc": "-"}})
    assert main(["bench", "tap"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(told)
    assert second.startswith("pcsc")
