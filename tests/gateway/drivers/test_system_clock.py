"""The system's clock, and the day that a demonstration plays."""

import time
from pathlib import Path

import pytest

from card_protocol.words.moment import ClockQuality, PlayedDay
from gateway.core.timekeeping import BUILD_MS
from gateway.drivers import system_clock
from gateway.drivers.system_clock import BOOT_ID_FILE, SystemClock


def test_it_tells_the_systems_time(tmp_path: Path) -> None:
    before = time.time_ns() // 1_000_000
    moment = SystemClock(tmp_path).now()
    assert before <= moment.wall_ms <= time.time_ns() // 1_000_000
    assert moment.boot == BOOT_ID_FILE.read_text().strip()
    assert moment.clock in {ClockQuality.RTC, ClockQuality.NTP}


@pytest.mark.parametrize(("answer", "quality"), [(True, ClockQuality.NTP), (False, ClockQuality.RTC)])
def test_the_kernel_says_whether_it_is_disciplined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bool, quality: ClockQuality
) -> None:
    asked: list[int] = []

    def kernel() -> bool:
        asked.append(1)
        return answer

    monkeypatch.setattr(system_clock, "_kernel_synchronised", kernel)
    clock = SystemClock(tmp_path)
    assert {clock.now().clock for _ in range(10)} == {quality}
    assert len(asked) == 1, "the kernel is not asked at every tap"


def test_the_kernel_has_an_answer() -> None:
    assert system_clock._kernel_synchronised() in {True, False}


def test_monotonic_time_never_goes_back(tmp_path: Path) -> None:
    clock = SystemClock(tmp_path)
    times = [clock.now().mono_ns for _ in range(100)]
    assert times == sorted(times)


def test_a_dead_battery_does_not_go_behind_what_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SystemClock(tmp_path).save_floor()
    kept = int((tmp_path / "clock").read_text())
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    moment = SystemClock(tmp_path).now()
    assert moment.clock is ClockQuality.FLOOR
    assert moment.wall_ms >= kept


def test_a_box_that_never_knew_says_so_and_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    clock = SystemClock(tmp_path)
    assert clock.now().clock is ClockQuality.UNKNOWN
    assert clock.now().wall_ms >= BUILD_MS
    clock.save_floor()
    assert not (tmp_path / "clock").exists()


@pytest.mark.parametrize("text", [b"", b"rubbish", b"\xff"])
def test_a_spoiled_floor_is_none(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "clock").write_bytes(text)
    assert SystemClock(tmp_path).now().clock is not ClockQuality.UNKNOWN


def test_a_played_day_runs_as_fast_as_it_is_told_and_leaves_the_floor_alone(tmp_path: Path) -> None:
    now_ms = time.time_ns() // 1_000_000
    day = PlayedDay(anchor_ms=now_ms - 1000, from_ms=BUILD_MS, speed=60)
    clock = SystemClock(tmp_path, day)
    moment = clock.now()
    assert moment.wall_ms >= BUILD_MS + 60_000
    assert moment.wall_ms < BUILD_MS + 60 * 60_000
    clock.save_floor()
    assert list(tmp_path.iterdir()) == []


def test_the_floor_is_kept_once_a_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock(tmp_path)
    now_ns = time.monotonic_ns()
    kept = []
    monkeypatch.setattr(clock, "save_floor", lambda: kept.append(1))
    for seconds in (0, 30, 59, 61, 100, 122):
        monkeypatch.setattr(time, "monotonic_ns", lambda s=seconds: now_ns + s * 1_000_000_000)
        clock.keep()
    assert len(kept) == 3
