"""`onecard server keystore backup`"""

from pathlib import Path

import pytest

from onecard.cli import main


def test_a_backup_is_written_once(ready: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "backup"
    assert main(["server", "keystore", "backup", str(target), "--config", ready]) == 0
    assert "Check value for your papers: " in capsys.readouterr().out
    assert target.exists()
    assert main(["server", "keystore", "backup", str(target), "--config", ready]) == 1
    assert "never overwritten" in capsys.readouterr().err
