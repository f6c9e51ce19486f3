"""The stage without its play: a command that fails is told in its own words, and the stage is always struck.

What the whole of it does is in tests/journeys.
"""

from pathlib import Path

import pytest

from onecard.demo.folder import Folder, Places
from onecard.demo.hall import open_hall
from onecard.demo.options import ReaderStack
from onecard.demo.programs import Program, ProgramFailed
from onecard.demo.stage import Stage, real_ms, standing
from onecard.free_ports import free_port


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    with open_hall(ReaderStack.NFC) as hall:
        return Stage(Folder(tmp_path, Places(free_port(), free_port(), hall)), lambda _en, _zh: None)


def test_a_command_that_fails_is_told_in_its_own_words(stage: Stage) -> None:
    with pytest.raises(ProgramFailed, match=r"onecard server init: .*server\.toml: cannot be read") as told:
        stage._server("init")
    assert "\n" not in str(told.value)


def test_output_of_a_command_is_english_whatever_the_watchers_language(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "zh")
    assert "Usage" in stage._run("kat", "--help")


def test_whatever_happens_the_stage_is_struck_in_the_order_in_which_nobody_misses_anybody(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []
    monkeypatch.setattr(Program, "stop", lambda program: ended.append(program.name))
    with pytest.raises(KeyboardInterrupt), standing(stage):
        raise KeyboardInterrupt
    assert ended == ["people", "joining", "edge", "desk", "gateway", "server", "broker"]


def test_a_stage_on_which_nothing_was_started_is_struck_as_well(stage: Stage) -> None:
    with standing(stage):
        pass
    assert stage.console is None


def test_a_program_that_ended_is_told_by_its_name(stage: Stage) -> None:
    (stage.folder.path / "server.log").write_text("the keystore does not open\n", encoding="utf-8")
    with pytest.raises(ProgramFailed, match=r"(?s)server has ended.*keystore does not open"):
        stage.check()


def test_the_clock_of_the_stage_is_the_machines() -> None:
    assert real_ms() > 1_700_000_000_000
