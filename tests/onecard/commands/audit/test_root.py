"""`onecard audit root`"""

import re

import pytest

from onecard.cli import main


def test_a_day_has_one_hash(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "root", "2026-01-01", "--config", config]) == 0
    first = capsys.readouterr().out
    assert re.fullmatch(r"2026-01-01 [0-9a-f]{64} \(0 events, 0 journals\)\n", first)
    assert main(["audit", "root", "--config", config]) == 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\d [0-9a-f]{64} \(0 events, 0 journals\)\n", capsys.readouterr().out)


def test_what_is_no_day_is_refused(config: str) -> None:
    assert main(["audit", "root", "yesterday", "--config", config]) == 2
