"""What the reader commands share."""

from pathlib import Path

import pytest

from onecard.commands.reader._common import MISUSED, fail, store_of


def test_the_readers_are_those_of_the_box(config: str) -> None:
    assert store_of(Path(config)).all() == ()


def test_a_failure_is_said_and_has_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert fail("no").exit_code == 1
    assert fail("no", MISUSED).exit_code == 2
    assert capsys.readouterr().err == "no\nno\n"


def test_a_box_whose_points_are_still_to_be_set_up_has_readers(tmp_path: Path) -> None:
    file = tmp_path / "new.toml"
    file.write_text(f'state_dir = "{tmp_path / "box"}"\n')
    assert store_of(file).all() == ()
