"""`onecard bench gossip` from the outside."""

import json
from pathlib import Path

import pytest

from onecard.cli import main

SMALL = ["--residents", "200", "--runs", "2", "--days", "3"]


def test_rows_and_what_was_assumed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ONECARD_LANG", "en")
    assert main(["bench", "gossip", *SMALL, "--offline", "3", "--offline", "12"]) == 0
    out = capsys.readouterr().out
    assert [line.split(" | ")[0] for line in out.splitlines()[2:4]] == ["| 3 / 20", "| 12 / 20"]
    assert "longest of 2 runs with 200 residents" in out


def test_chinese_and_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("ONECARD_LANG", "zh")
    file = tmp_path / "gossip.json"
    assert main(["bench", "gossip", *SMALL, "--doors", "6", "--json", str(file)]) == 0
    assert "| 离线门数 | 半数知晓 |" in capsys.readouterr().out
    report = json.loads(file.read_text(encoding="utf-8"))
    assert list(report["offline"]) == ["1", "3", "4", "5"]
    assert report["assumed"]["grant_days"] == 7


def test_all_doors_offline_is_refused(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ONECARD_LANG", "en")
    assert main(["bench", "gossip", "--doors", "10", "--offline", "10"]) == 2
    assert "at least one door must be online" in capsys.readouterr().err
