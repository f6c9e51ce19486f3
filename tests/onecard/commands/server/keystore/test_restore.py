"""`onecard server keystore restore`"""

from pathlib import Path

import pytest

from onecard.cli import main


def test_the_drill_on_the_command_line(ready: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    backup, keystore = tmp_path / "backup", tmp_path / "keystore"
    assert main(["server", "keystore", "backup", str(backup), "--config", ready]) == 0
    value = capsys.readouterr().out.strip().rpartition(" ")[2]
    keystore.unlink()
    wrong = ["server", "keystore", "restore", str(backup), "--config", ready, "--check", "0000"]
    assert main(wrong) == 1
    assert "the papers say 0000" in capsys.readouterr().err
    assert main([*wrong[:-1], value]) == 0
    assert capsys.readouterr().out == f"Keystore restored. Check value: {value}\n"
    assert main(["server", "keystore", "check", "--config", ready]) == 0
