"""`onecard bench live` from the outside."""

import json

import pytest

from onecard.cli import main
from onecard.commands.bench import live as command

ROW = dict.fromkeys(command.COLUMNS, 1) | {"subscribers": 10}
REPORT = {"live": [ROW], "goal_met": False}


@pytest.mark.parametrize(("language", "said"), [("en", "goal missed."), ("zh", "未达标。")])
def test_a_row_for_each_crowd(language, said, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("ONECARD_LANG", language)
    asked = []
    monkeypatch.setattr(command, "run", lambda *words: asked.append(words[:3]) or REPORT)
    file = tmp_path / "live.json"
    assert main(["bench", "live", "--subscribers", "10", "--seconds", "2", "--json", str(file)]) == 0
    assert main(["bench", "live"]) == 0
    assert asked == [([10], 50.0, 2), ((200, 1000), 50.0, 20)]
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == "| 10 | 1 | 1 | 1 | 1 | 1 | 1 | 1 |"
    assert lines[3].endswith(said)
    assert json.loads(file.read_text(encoding="utf-8")) == REPORT


def test_no_more_than_a_server_takes():
    assert main(["bench", "live", "--subscribers", "2001"]) == 2
