"""`onecard server restore`: the drill of an operator who lost the machine."""

from pathlib import Path

import pytest

from onecard.cli import main


@pytest.fixture
def backup(ready: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    target = tmp_path / "b.zip"
    assert main(["server", "backup", str(target), "--config", ready]) == 0
    capsys.readouterr()
    return target


def test_the_machine_is_lost_and_everything_is_there_again(ready: str, backup: Path, tmp_path: Path, capsys) -> None:
    for lost in [*tmp_path.glob("server.db*"), tmp_path / "keystore"]:
        lost.unlink()
    assert main(["server", "restore", str(backup), "--config", ready]) == 0
    assert "Restored as of 20" in capsys.readouterr().out
    assert main(["server", "init", "--config", ready]) == 0
    assert capsys.readouterr().out == "There are users already; nothing was changed.\n"
    assert main(["server", "keystore", "check", "--config", ready]) == 0


def test_a_server_that_lives_is_left_alone(ready: str, backup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "restore", str(backup), "--config", ready]) == 1
    assert capsys.readouterr().err.endswith("a backup is restored into an empty one (database_url)\n")
    assert main(["server", "restore", str(backup), "--config", ready, "--check", "AAAA"]) == 1
    assert "the papers say AAAA" in capsys.readouterr().err
