"""`onecard bench tap` as a program, on both stacks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.condition import unmet


@pytest.mark.parametrize("language", ["en", "zh"])
def test_figures_on_the_terminal_and_in_the_file(tmp_path: Path, language: str) -> None:
    stack = "nfc" if unmet("pcscd") or language == "zh" else "pcsc"
    file = tmp_path / "tap.json"
    words = ["bench", "tap", "--taps", "10", "--stack", stack, "--json", str(file)]
    done = subprocess.run(
        [sys.executable, "-m", "onecard", *words],
        env=os.environ | {"ONECARD_LANG": language, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(file.read_text(encoding="utf-8"))["stacks"][stack]
    assert f"{figures['p50_ms']}" in done.stdout
    assert done.stdout.startswith(f"{stack}: p50" if language == "en" else f"{stack}：中位")
    assert f"{stack} 10/10" in done.stderr
