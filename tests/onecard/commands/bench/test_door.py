"""`onecard bench door`"""

import json
from pathlib import Path

import pytest

from onecard.bench.door import BAUD
from onecard.cli import main
from onecard.commands.bench import door


@pytest.mark.parametrize(("language", "begins"), [("en", "door: p50 4.0 ms"), ("zh", "门：中位 4.0 毫秒")])
def test_figures_on_the_terminal_and_in_the_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    language: str,
    begins: str,
) -> None:
    monkeypatch.setenv("ONECARD_LANG", language)
    names = ("floor_p50_ms", "floor_p99_ms", "poll_p50_ms", "poll_p99_ms", "added_p50_ms", "ratio", "p99_ms")
    report = {"taps": 5, "baud": BAUD, "door": dict.fromkeys(names, 1.0) | {"p50_ms": 4.0}}
    monkeypatch.setattr(door, "run", lambda taps, tell: (tell(taps, taps), report)[1])
    file = tmp_path / "door.json"
    assert main(["bench", "door", "--taps", "5", "--json", str(file)]) == 0
    said = capsys.readouterr()
    assert said.out.startswith(begins)
    assert "door 5/5" in said.err
    assert json.loads(file.read_text()) == report
