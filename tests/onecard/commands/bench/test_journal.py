"""`onecard bench journal`: lines and file."""

import json
from pathlib import Path

import pytest

from onecard.cli import main


def test_it_prints_two_lines_and_writes_the_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "en")
    file = tmp_path / "figures.json"
    words = ["bench", "journal", "--events", "50", "--appenders", "2", "--json", str(file), "--folder", str(tmp_path)]
    assert main(words) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("one appender: ")
    assert second.startswith("2 appenders: ")
    figures = json.loads(file.read_text(encoding="utf-8"))
    assert {"per_s", "bare_per_s", "ratio", "group_ratio"} <= set(figures)
    assert [path.name for path in tmp_path.iterdir()] == ["figures.json"]
