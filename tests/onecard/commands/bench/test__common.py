"""The line that is written over, and the file."""

import json
from pathlib import Path

import pytest

from onecard.commands.bench import _common


def test_a_shorter_line_covers_a_longer_one(capsys: pytest.CaptureFixture[str]) -> None:
    _common.progress("postgresql", 3)
    _common.step("nfc", 1, 20)
    _common.progress_ends()
    said = capsys.readouterr()
    assert said.out == ""
    begin, first, second = said.err.split("\r")
    assert begin == ""
    assert first.rstrip() == "postgresql 3"
    assert second.endswith("\n")
    assert second.rstrip() == "nfc 1/20"
    assert len(second.rstrip("\n")) >= len(first)


def test_figures_are_kept_where_somebody_asked_for_them(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    _common.keep({"name": "门", "p50_ms": 1.5}, file)
    assert json.loads(file.read_text(encoding="utf-8")) == {"name": "门", "p50_ms": 1.5}
    _common.keep({"name": "门"}, None)
    assert [path.name for path in tmp_path.iterdir()] == ["figures.json"]
