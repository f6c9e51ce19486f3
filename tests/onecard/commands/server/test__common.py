"""What the server's commands share: one clear line for what an operator can mend."""

from pathlib import Path

import pytest

from onecard.cli import main


def test_a_wrong_key_in_the_file_is_told_with_its_line(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(config).write_text(Path(config).read_text() + '[listen]\nhots = "127.0.0.1"\n')
    assert main(["server", "claim", "g-1", "--config", config]) == 2
    said = capsys.readouterr().err
    assert "line 7: listen.hots: unknown key; did you mean host?" in said


def test_an_insecure_setting_is_refused_with_its_key(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(config).write_text(Path(config).read_text() + '[listen]\nhost = "0.0.0.0"\n')
    assert main(["server", "run", "--config", config]) == 2
    assert "set tls_certificate and tls_key" in capsys.readouterr().err


def test_without_a_passphrase_and_a_terminal_the_variable_is_named(
    config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ONECARD_KEYSTORE_PASSPHRASE")
    assert main(["server", "init", "--config", config]) == 1
    assert "ONECARD_KEYSTORE_PASSPHRASE" in capsys.readouterr().err


def test_at_a_terminal_it_is_asked_for_twice(
    config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ONECARD_KEYSTORE_PASSPHRASE")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", lambda *_, **options: _asked(options))
    assert main(["server", "init", "--config", config]) == 0
    assert "One-time password" in capsys.readouterr().out


def _asked(options: dict[str, object]) -> str:
    assert options == {"hide_input": True, "confirmation_prompt": True}
    return "correct horse battery staple"


def test_a_problem_of_the_services_is_one_line(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "claim", "Not A Name", "--config", ready]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "no name" in said
