"""`onecard bench ingest` from the outside."""

import json
from pathlib import Path
from typing import Any

import pytest

from onecard.bench.services import ServiceMissing
from onecard.cli import main
from onecard.commands.bench import ingest as command

FIGURES = {"events_per_s": 12_000.0, "bare_events_per_s": 10_000.0, "ratio": 1.2}
REPORT = {"ingest": {"sqlite": FIGURES, "postgresql": FIGURES | {"ratio": 0.4}}, "events": 500, "goal_met": False}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    seen: list[Any] = []

    def run(databases: list[str], events: int, tell: Any) -> dict[str, Any]:
        seen.append((databases, events))
        tell("sqlite bench-0")
        return REPORT

    monkeypatch.setattr(command, "run", run)
    return seen


def test_a_line_for_each_data_base_and_the_figures_in_a_file(
    asked: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "en")
    file = tmp_path / "ingest.json"
    assert main(["bench", "ingest", "--events", "500", "--json", str(file)]) == 0
    assert asked == [(["sqlite", "postgresql"], 500)]
    assert capsys.readouterr().out.splitlines() == [
        "sqlite: 12000/s, bare subscriber 10000/s, ratio 1.2 (goal met)",
        "postgresql: 12000/s, bare subscriber 10000/s, ratio 0.4 (goal missed)",
    ]
    assert json.loads(file.read_text(encoding="utf-8")) == REPORT


def test_one_data_base_and_one_that_nobody_knows(
    asked: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "zh")
    assert main(["bench", "ingest", "--database", "sqlite"]) == 0
    assert asked == [(["sqlite"], 20_000)]
    assert "达标" in capsys.readouterr().out
    assert main(["bench", "ingest", "--database", "oracle"]) == 2


def test_a_missing_program_is_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object) -> dict[str, Any]:
        raise ServiceMissing("mosquitto is not installed (Debian: apt install mosquitto)")

    monkeypatch.setattr(command, "run", run)
    assert main(["bench", "ingest"]) == 1
    assert capsys.readouterr().err == "onecard: mosquitto is not installed (Debian: apt install mosquitto)\n"
