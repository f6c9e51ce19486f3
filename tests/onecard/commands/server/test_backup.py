"""`onecard server backup`, and what it says."""

from pathlib import Path

import pytest

from onecard.cli import main


def test_a_backup_is_written_while_nobody_is_disturbed(ready: str, tmp_path: Path, capsys) -> None:
    target = tmp_path / "b.zip"
    assert main(["server", "backup", str(target), "--config", ready]) == 0
    said = capsys.readouterr()
    assert target.is_file()
    assert "Backup written: " in said.out
    assert "Check value of the keystore: " in said.out
    assert "  user_account: 1\n" in said.err


def test_what_is_wrong_is_one_line(ready: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "b.zip"
    target.write_text("mine")
    assert main(["server", "backup", str(target), "--config", ready]) == 1
    assert capsys.readouterr().err == f"onecard: there is a file {target} already; it is never overwritten\n"
