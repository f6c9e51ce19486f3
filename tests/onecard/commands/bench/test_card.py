"""`onecard bench card` from the outside."""

import json
from pathlib import Path

import pytest

from onecard.cli import main


def test_the_table_its_assumptions_and_the_goal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ONECARD_LANG", "en")
    assert main(["bench", "card"]) == 0
    out = capsys.readouterr().out
    assert "| tap | 4 | 8 | 244 | 21.7 |" in out
    assert "is an assumption: 300 us a command" in out
    assert out.endswith("goal met.\n")


def test_chinese_and_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("ONECARD_LANG", "zh_CN.UTF-8")
    file = tmp_path / "card.json"
    assert main(["bench", "card", "--json", str(file)]) == 0
    out = capsys.readouterr().out
    assert "| 刷卡 | 4 |" in out
    assert out.endswith("达标。\n")
    report = json.loads(file.read_text(encoding="utf-8"))
    assert report["jobs"]["tap"]["air_ms"] == {"106": 21.7, "212": 11.2, "424": 6.0, "848": 3.4}
    assert report["card_speed"]["write_us"] == 3000
