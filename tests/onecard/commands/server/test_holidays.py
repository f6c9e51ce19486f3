"""`onecard server holidays`"""

import pytest

from onecard.cli import main
from tests.onecard.commands.conftest import Judged


def test_a_year_is_taken_over(judged: Judged, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "holidays", "2026", "--config", judged.config]) == 0
    first = capsys.readouterr().out
    assert first.startswith("2026: ")
    assert main(["server", "holidays", "2026", "--config", judged.config]) == 0
    assert capsys.readouterr().out == first


def test_a_year_that_nobody_has_decided_is_one_line(judged: Judged, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "holidays", "2099", "--config", judged.config]) == 1
    assert capsys.readouterr().err.count("\n") == 1
