"""`onecard bench revoke`: lines and file. How fast anything is, no test says."""

import json
from pathlib import Path

import pytest

from onecard.cli import main
from tests.support.condition import require


def test_it_prints_three_lines_and_writes_the_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    require("broker")
    monkeypatch.setenv("ONECARD_LANG", "en")
    file = tmp_path / "figures.json"
    assert main(["bench", "revoke", "--gateways", "3", "--rounds", "1", "--json", str(file)]) == 0
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith("applied by 3 gateways: p50 ")
    assert second.startswith("bare fan-out and echo: p50 ")
    assert third.startswith("processor seconds of a round: server ")
    figures = json.loads(file.read_text(encoding="utf-8"))
    assert {"p50_s", "p99_s", "bare_p50_s", "bare_p99_s", "ratio"} <= set(figures)
    assert figures["p50_s"] > 0


def test_a_machine_that_cannot_carry_it_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("5000 connections need 20256 open files, this machine allows 1024 (ulimit -Hn)")

    require("broker")
    monkeypatch.setattr("onecard.commands.bench.revoke.run", full)
    assert main(["bench", "revoke"]) == 1
    assert capsys.readouterr().err == (
        "onecard: 5000 connections need 20256 open files, this machine allows 1024 (ulimit -Hn)\n"
    )
