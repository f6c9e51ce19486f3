"""`onecard card kat` is `onecard kat`."""

from pathlib import Path

import pytest

from onecard.cli import main
from onecard.commands import kat as front
from onecard.commands.card import kat as inside


def test_it_is_the_same_function() -> None:
    assert inside.kat is front.kat
    assert inside.HELP == front.HELP


def test_from_the_outside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text("{}\n")
    assert main(["card", "kat", str(file)]) == main(["kat", str(file)]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first == second
