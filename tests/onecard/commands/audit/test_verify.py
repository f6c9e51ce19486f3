"""`onecard audit verify`: sentences, JSON and exit code."""

import json
import sqlite3
from pathlib import Path

import pytest

from onecard.cli import main
from onecard.commands.audit.verify import SENTENCES
from server.services.events.chain_check import Kind


def test_every_finding_has_a_sentence_in_both_languages() -> None:
    assert set(SENTENCES) == set(Kind)
    assert all(en and zh for en, zh in SENTENCES.values())


def test_a_whole_record_is_said_to_be_complete(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify", "--config", config]) == 0
    said = capsys.readouterr().out
    assert said == "g-1 (00000000000000e1): complete from 1 to 3, 2026-03-01 08:00:00 to 2026-03-01 08:00:00\n"


def test_what_is_missing_is_named_and_the_exit_code_says_so(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(tmp_path / "server.db") as database:
        database.execute("DELETE FROM event WHERE seq = 2")
    assert main(["audit", "verify", "--config", config]) == 1
    said = capsys.readouterr().out
    assert "g-1 (00000000000000e1): NOT complete" in said
    assert "    2: missing" in said


def test_a_broken_trail_is_told(config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(tmp_path / "server.db") as database:
        database.execute("UPDATE audit SET why = 'nothing happened' WHERE id = 1")
    assert main(["audit", "verify", "--json", "--config", config]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["trail_broken_at"] == 1
    assert report["journals"][0]["complete"] is True
    assert main(["audit", "verify", "--config", config]) == 1
    assert "audit trail: broken at line 1" in capsys.readouterr().out


def test_without_the_keystore_nothing_is_claimed(
    config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ONECARD_KEYSTORE_PASSPHRASE")
    assert main(["audit", "verify", "--config", config]) == 1
    assert "ONECARD_KEYSTORE_PASSPHRASE" in capsys.readouterr().err
