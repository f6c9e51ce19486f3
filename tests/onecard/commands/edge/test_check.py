"""`onecard edge check`: lines and exit code."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_sim.field.udp import UdpField
from onecard.cli import main
from tests.edge.box import enrol, publish
from tests.edge.words import GATE


@pytest.fixture
def field() -> Iterator[UdpField]:
    field = UdpField()
    yield field
    field.close()


@pytest.fixture
def file(tmp_path: Path, field: UdpField, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ONECARD_LANG", "en")
    file = tmp_path / "edge.toml"
    point = f'id = "{GATE}"\nreader = "nfc:udp:127.0.0.1:{field.port}"\nlock = "sim"\n'
    file.write_text(f'state_dir = "{tmp_path}/box"\n\n[[points]]\n{point}', encoding="utf-8")
    return file


def test_a_point_that_is_well(tmp_path: Path, file: Path, field: UdpField, capsys: pytest.CaptureFixture[str]) -> None:
    publish(enrol(tmp_path / "box"))
    assert main(["edge", "check", "--config", str(file)]) == 0
    assert capsys.readouterr().out == f"{GATE} (nfc:udp:127.0.0.1:{field.port}): is well\n"


def test_a_point_with_problems(file: Path, field: UdpField, capsys: pytest.CaptureFixture[str]) -> None:
    field.close()
    assert main(["edge", "check", "--config", str(file)]) == 1
    first, box, reader = capsys.readouterr().out.splitlines()
    assert first.endswith("has problems")
    assert "not enrolled" in box
    assert "reader" in reader


def test_a_wrong_key_in_the_file_is_told_with_its_place(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace("lock =", "lokc ="), encoding="utf-8")
    assert main(["edge", "check", "--config", str(file)]) == 2
    said = capsys.readouterr().err
    assert f"{file}, line 6: points[1].lokc" in said
    assert "did you mean lock?" in said
