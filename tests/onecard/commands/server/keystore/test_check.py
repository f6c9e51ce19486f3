"""`onecard server keystore check`"""

import re

import pytest

from onecard.cli import main


def test_the_check_value_is_the_one_of_the_first_run(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "keystore", "check", "--config", ready]) == 0
    assert re.fullmatch(r"Check value: [0-9A-F]{4}(-[0-9A-F]{4}){3}\n", capsys.readouterr().out)


def test_a_wrong_passphrase_is_one_line(
    ready: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONECARD_KEYSTORE_PASSPHRASE", "not the passphrase")
    assert main(["server", "keystore", "check", "--config", ready]) == 1
    said = capsys.readouterr().err
    assert "does not open the keystore" in said
    assert said.count("\n") == 1
