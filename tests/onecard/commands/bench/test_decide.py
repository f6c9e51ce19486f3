"""`onecard bench decide` from the outside."""

import json
from pathlib import Path
from typing import Any

import pytest

from onecard.cli import main
from onecard.commands.bench import decide as command

REPORT = {
    "decide": [{"cards": 10, "per_s": 61_000, "bare_per_s": 300_000, "rss_mib": 80, "granted_share": 0.5}],
    "slowdown": 1.0,
    "goal_met": True,
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    seen: list[Any] = []

    def run(sizes: list[int], decisions: int, tell: Any) -> dict[str, Any]:
        seen.append((list(sizes), decisions))
        tell(10)
        return REPORT

    monkeypatch.setattr(command, "run", run)
    return seen


def test_english_and_json(
    asked: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "en")
    file = tmp_path / "decide.json"
    assert main(["bench", "decide", "--cards", "10", "--decisions", "100", "--json", str(file)]) == 0
    assert asked == [([10], 100)]
    out = capsys.readouterr().out
    assert "| 10 | 61000 | 300000 | 80 |" in out
    assert out.endswith("(1.0 here): goal met.\n")
    assert json.loads(file.read_text(encoding="utf-8")) == REPORT


def test_chinese_and_the_usual_sizes(
    asked: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "zh")
    assert main(["bench", "decide"]) == 0
    assert asked == [([10_000, 100_000, 1_000_000], 20_000)]
    assert capsys.readouterr().out.endswith("达标。\n")


def test_a_missed_goal_is_said(
    asked: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "en")
    monkeypatch.setitem(REPORT, "goal_met", False)
    assert main(["bench", "decide"]) == 0
    assert capsys.readouterr().out.endswith("goal missed.\n")
