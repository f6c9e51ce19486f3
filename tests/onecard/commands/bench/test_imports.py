"""`onecard bench imports` from the outside."""

import json

import pytest

from onecard.cli import main
from onecard.commands.bench import imports as command

REPORT = {"imports": {"sqlite": dict.fromkeys(command.COLUMNS, 1)}, "rows": 10, "bare_s": 0.1, "goal_met": True}


@pytest.mark.parametrize(("language", "said"), [("en", "goal met."), ("zh", "达标。")])
def test_a_row_for_each_data_base(language, said, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("ONECARD_LANG", language)
    asked = []
    monkeypatch.setattr(command, "run", lambda *words: asked.append(words[:2]) or REPORT)
    file = tmp_path / "imports.json"
    assert main(["bench", "imports", "--database", "sqlite", "--rows", "10", "--json", str(file)]) == 0
    assert main(["bench", "imports"]) == 0
    assert asked == [(["sqlite"], 10), (["sqlite", "postgresql"], 20_000)]
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == "| sqlite |" + " 1 |" * len(command.COLUMNS)
    assert lines[3].endswith(said)
    assert json.loads(file.read_text(encoding="utf-8")) == REPORT


def test_a_data_base_that_nobody_knows_is_told():
    assert main(["bench", "imports", "--database", "oracle"]) == 2
