"""`onecard bench catchup` from the outside."""

import json
from pathlib import Path
from typing import Any

import pytest

from onecard.bench.services import ServiceMissing
from onecard.cli import main
from onecard.commands.bench import catchup as command

REPORT = {"events_per_s": 9000.4, "ratio": 0.95, "alarms": 7, "alarms_told": 7, "p99_ms": 120.4}


def test_two_lines_and_the_figures_in_a_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "en")
    seen: list[Any] = []

    def run(database: str, events: int, tell: Any) -> dict[str, Any]:
        seen.append((database, events))
        tell("catchup")
        return REPORT

    monkeypatch.setattr(command, "run", run)
    file = tmp_path / "catchup.json"
    assert main(["bench", "catchup", "--events", "5000", "--database", "postgresql", "--json", str(file)]) == 0
    assert main(["bench", "catchup"]) == 0
    assert seen == [("postgresql", 5000), ("sqlite", 1_000_000)]
    assert capsys.readouterr().out.splitlines()[:2] == [
        "9000/s, 0.95 of ingest (goal 0.8)",
        "7 of 7 alarms told meanwhile, p99 120 ms (goal 500 ms)",
    ]
    assert json.loads(file.read_text(encoding="utf-8")) == REPORT


def test_a_missing_program_and_an_unknown_data_base(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_: object) -> dict[str, Any]:
        raise ServiceMissing("PostgreSQL is not installed (Debian: apt install postgresql)")

    monkeypatch.setattr(command, "run", run)
    assert main(["bench", "catchup"]) == 1
    assert "apt install postgresql" in capsys.readouterr().err
    assert main(["bench", "catchup", "--database", "oracle"]) == 2
