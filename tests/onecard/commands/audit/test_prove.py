"""`onecard audit prove`, checked by the stand-alone verifier against `onecard audit root`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import onecard.verify_proof
from onecard.cli import main
from onecard.commands.audit import prove

VERIFIER = Path(onecard.verify_proof.__file__)


def test_a_proof_holds_against_the_root_of_its_day_and_no_other(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "prove", "2", "--config", config]) == 0
    text = capsys.readouterr().out
    assert main(["audit", "root", json.loads(text)["day"], "--config", config]) == 0
    root = capsys.readouterr().out.split()[1]
    (tmp_path / "proof.json").write_text(text, encoding="utf-8")
    for wanted, code in ((root, 0), ("00" * 32, 1)):
        # -I -S: no path, no site-packages; the verifier stands alone.
        command = [sys.executable, "-I", "-S", str(VERIFIER), str(tmp_path / "proof.json"), wanted]
        assert subprocess.run(command, capture_output=True).returncode == code


def test_of_a_day_that_is_not_over_it_says_so(
    config: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proof of now and a root of a minute ago do not fit, and that looked like forgery."""
    monkeypatch.setattr(prove, "is_over", lambda _day, _now: False)
    for command in (["prove", "2"], ["root"]):
        assert main(["audit", *command, "--config", config]) == 0
        assert "is not over" in capsys.readouterr().err


def test_an_unknown_event_is_one_line(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "prove", "99", "--config", config]) == 1
    assert "There is no event 99." in capsys.readouterr().err
