"""`onecard gateway status`: for people in two languages, and for scripts."""

import json
import time
from datetime import date
from pathlib import Path

import pytest

from card_protocol.words.moment import ClockQuality, local_ms
from gateway.core.health import Trouble
from gateway.drivers.file_lock import FileLock
from onecard.cli import main
from onecard.commands.gateway.status import CLOCKS, SENTENCES, _measured
from tests.edge.box import GATEWAY, enrol, publish
from tests.edge.issued import COMMUNITY
from tests.gateway.core.test_health import vitals


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


@pytest.mark.parametrize(
    ("language", "line"), [("en", "look after: The disk is filling up"), ("zh", "请处理: 磁盘快满了")]
)
def test_what_is_to_be_looked_after_is_said_in_a_sentence(
    tmp_path: Path,
    file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    line: str,
) -> None:
    monkeypatch.setenv("ONECARD_LANG", language)
    box = enrol(tmp_path / "box")
    measured = vitals(mono_ms=time.monotonic_ns() // 1_000_000, disk_level="prune", clock="rtc")
    (box / "health.json").write_text(measured.model_dump_json())
    lock = FileLock(box / "gateway.lock")
    assert lock.try_acquire()
    assert main(["gateway", "status", "--config", str(file)]) == 1
    lock.close()
    assert line in capsys.readouterr().out


def test_since_when_the_link_is_down_and_how_long_the_policy_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECARD_LANG", "en")
    down = vitals(online=False, heard_ms=local_ms(date(2026, 10, 1), 65), policy_expires_ms=local_ms(date(2026, 10, 8)))
    rows = dict(_measured(down))
    assert rows["link"] == "down since 2026-10-01 01:05"
    assert rows["policy valid until"] == "2026-10-08 00:00"
    ahead = dict(_measured(vitals(at_ms=local_ms(date(2031, 1, 2), 185), clock="rtc")))
    assert ahead["clock"] == "2031-01-02 03:05 (the box's own)", "a wrong date is seen at once"
    rows = dict(_measured(vitals(online=False, heard_ms=0, policy_version=0)))
    assert rows["link"] == "down, it was never up"
    assert "policy valid until" not in rows


def test_every_trouble_and_every_clock_has_its_sentences() -> None:
    assert set(SENTENCES) == set(Trouble)
    assert set(CLOCKS) == set(ClockQuality)
