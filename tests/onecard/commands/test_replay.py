"""`onecard replay`"""

import json

import pytest

from onecard.cli import main
from onecard.commands.replay import tell
from server.services.access.replaying import Replayed
from tests.onecard.commands.conftest import Judged


def test_a_past_tap_agrees(judged: Judged, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(judged.events[1]), "--config", judged.config]) == 0
    said = capsys.readouterr().out
    assert "then: wrong_point (right), by policy 1" in said
    assert "again: wrong_point (right)" in said
    assert said.endswith("It agrees.\n")
    assert main(["replay", str(judged.events[0]), "--json", "--config", judged.config]) == 0
    assert json.loads(capsys.readouterr().out)["now_reason"] == "granted"


def test_what_is_no_tap_is_said_to_be_none(capsys: pytest.CaptureFixture[str]) -> None:
    plain = {"event": 6, "gateway": "g-1", "wall_ms": 0, "agrees": False, "why_not": "not a tap"}
    tell(Replayed.model_validate(dict.fromkeys(Replayed.model_fields) | plain))
    said = capsys.readouterr().out
    assert "6  g-1" in said
    assert "is no tap" in said
    assert "NOT AGREE" not in said


def test_an_event_that_is_not_there_is_one_line(judged: Judged, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "999", "--config", judged.config]) == 1
    assert capsys.readouterr().err.count("\n") == 1
