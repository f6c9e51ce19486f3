"""`onecard explain`"""

import json

import pytest

from onecard.cli import main
from tests.onecard.commands.conftest import Judged


def test_a_card_that_may_pass(judged: Judged, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(judged.card_number), "south-gate-in", "--config", judged.config]) == 0
    said = capsys.readouterr().out
    assert "granted" in said.splitlines()[0]
    assert "Policy version: 1" in said


def test_why_not_is_told_to_all_three_and_what_comes_next(judged: Judged, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", judged.card_id, "clinic", "2040-01-01 00:00", "--config", judged.config]) == 1
    said = capsys.readouterr().out
    assert "expired" in said.splitlines()[0]
    assert "And then: right (wrong_point)" in said
    assert said.count("at the point:") == said.count("the guard:") == said.count("the admin:") == 2


def test_for_scripts_and_for_mistakes(judged: Judged, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", judged.card_id, "clinic", "--json", "--config", judged.config]) == 1
    assert json.loads(capsys.readouterr().out)["reason"] == "wrong_point"
    assert main(["explain", judged.card_id, "clinic", "noon", "--config", judged.config]) == 2
    assert "no time" in capsys.readouterr().err
    assert main(["explain", "77", "clinic", "--config", judged.config]) == 1
    assert "77" in capsys.readouterr().err


def test_what_is_not_there_is_told_in_the_language_of_the_terminal(
    judged: Judged, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A point that nobody knows was explained as one without a policy."""
    assert main(["explain", judged.card_id, "moon", "--config", judged.config]) == 1
    assert capsys.readouterr().err == "onecard: There is no point moon.\n"
    monkeypatch.setenv("ONECARD_LANG", "zh")
    assert main(["explain", judged.card_id, "moon", "--config", judged.config]) == 1
    assert capsys.readouterr().err == "onecard: 没有此点位：moon\n"
