"""`onecard gateway status`: for people in two languages, and for scripts."""

import json
from pathlib import Path

import pytest

from onecard.cli import main
from tests.edge.box import GATEWAY, enrol, publish
from tests.edge.issued import COMMUNITY


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ONECARD_LANG", "en")
    file = tmp_path / "gateway.toml"
    file.write_text(f'state_dir = "{tmp_path}/box"\nserver_url = "https://onecard.example"\n', encoding="utf-8")
    return file


def test_for_people(tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish(enrol(tmp_path / "box"))
    assert main(["gateway", "status", "--config", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [f"gateway: {GATEWAY}", f"community: {COMMUNITY}", "daemon: not running"]
    assert "waiting: 0" in lines


def test_for_people_who_read_chinese(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "zh")
    enrol(tmp_path / "box")
    assert main(["gateway", "status", "--config", str(file)]) == 0
    assert "守护进程: 未运行" in capsys.readouterr().out


def test_for_scripts(tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish(enrol(tmp_path / "box"))
    assert main(["gateway", "status", "--json", "--config", str(file)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["gateway"] == GATEWAY
    assert {"epoch", "head", "acked", "waiting", "policy_version", "rev_seq", "fingerprint"} <= set(said)


def test_something_wrong_is_told_and_exits_1(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gateway", "status", "--config", str(file)]) == 1
    assert "problem: the box in" in capsys.readouterr().out
