"""`onecard server init`"""

import re
from pathlib import Path

import pytest

from onecard.cli import main


def test_the_first_run_makes_everything_and_prints_the_password_once(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["server", "init", "--config", config]) == 0
    said = capsys.readouterr().out
    assert re.search(r"^One-time password: [a-z2-9]{4}(-[a-z2-9]{4}){3}$", said, re.M)
    assert re.search(r"Check value for your papers: [0-9A-F]{4}(-[0-9A-F]{4}){3}", said)
    assert (tmp_path / "keystore").exists()
    assert (tmp_path / "server.db").exists()


def test_the_second_run_changes_nothing(ready: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keystore = (tmp_path / "keystore").read_bytes()
    assert main(["server", "init", "--config", ready]) == 0
    assert capsys.readouterr().out == "There are users already; nothing was changed.\n"
    assert (tmp_path / "keystore").read_bytes() == keystore


def test_a_short_passphrase_is_refused(
    config: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONECARD_KEYSTORE_PASSPHRASE", "short")
    assert main(["server", "init", "--config", config]) == 1
    assert capsys.readouterr().err == "onecard: the keystore's passphrase has fewer than 12 characters\n"
    assert not (tmp_path / "keystore").exists()
