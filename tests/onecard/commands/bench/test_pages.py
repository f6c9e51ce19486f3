"""`onecard bench pages` from the outside."""

import json

import pytest

from onecard.cli import main
from onecard.commands.bench import pages as command

FIGURES = {"p50_ms": 1.25, "p95_ms": 2.0}
TOWNS = [{"people": n, "bare_lookup": FIGURES, "pages": {"people": FIGURES}} for n in (58_000, 5_800_000)]
REPORT = {"pages": {"sqlite": TOWNS}, "growth": {"sqlite": {"people": 1.0}}, "goal_met": True}


@pytest.mark.parametrize(("language", "said"), [("en", "goal met."), ("zh", "达标。")])
def test_a_row_for_each_page(language, said, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("ONECARD_LANG", language)
    asked = []
    monkeypatch.setattr(command, "run", lambda *words: asked.append(words[:3]) or REPORT)
    file = tmp_path / "pages.json"
    words = ["--database", "sqlite", "--size", "1000", "--rounds", "5", "--json", str(file)]
    assert main(["bench", "pages", *words]) == 0
    assert main(["bench", "pages"]) == 0
    assert asked == [(["sqlite"], [1000], 5), (["postgresql", "sqlite"], (), 60)]
    lines = capsys.readouterr().out.splitlines()
    assert "| page | 58,000: p50 / p95 ms | 5,800,000: p50 / p95 ms | growth |" in lines
    assert "| people | 1.2 / 2.0 | 1.2 / 2.0 | 1.00 |" in lines
    assert said in lines[-1]
    assert json.loads(file.read_text(encoding="utf-8")) == REPORT


def test_towns_are_loaded_in_one_run_and_measured_in_another(capsys, monkeypatch, tmp_path):
    asked = []
    loaded = {"loaded": {"sqlite": [{"people": 1000, "settled_s": 2.4}]}}
    monkeypatch.setattr(command, "run", lambda *words: asked.append((words[2], words[4])) or loaded)
    assert main(["bench", "pages", "--keep", str(tmp_path), "--only-load"]) == 0
    assert asked == [(0, tmp_path)]
    assert capsys.readouterr().out == "sqlite, 1,000: 2 s\n"
    assert main(["bench", "pages", "--only-load"]) == 2


def test_a_data_base_that_nobody_knows_is_told():
    assert main(["bench", "pages", "--database", "oracle"]) == 2
