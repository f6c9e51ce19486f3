"""`onecard bench policy` from the outside."""

import json
from pathlib import Path
from typing import Any

import pytest

from onecard.cli import main
from onecard.commands.bench import policy as command

ROW = dict.fromkeys(command.COLUMNS, 1) | {"cards": 10}
REPORT = {"policy": [ROW], "delta_growth": 1.1, "goal_met": True}


@pytest.mark.parametrize(("language", "said"), [("en", "goal met."), ("zh", "达标。")])
def test_a_row_for_each_size(
    language: str, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ONECARD_LANG", language)
    seen: list[list[int]] = []

    def run(sizes: list[int], tell: Any) -> dict[str, Any]:
        seen.append(list(sizes))
        tell(10)
        return REPORT

    monkeypatch.setattr(command, "run", run)
    file = tmp_path / "policy.json"
    assert main(["bench", "policy", "--cards", "10", "--json", str(file)]) == 0
    assert main(["bench", "policy"]) == 0
    assert seen == [[10], [10_000, 100_000, 1_000_000]]
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == "| 10 | 1 | 1 | 1 | 1 | 1 | 1 | 1 |"
    assert lines[3].endswith(said)
    assert json.loads(file.read_text(encoding="utf-8")) == REPORT
