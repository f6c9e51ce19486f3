"""The system's clock, and the day that a demonstration plays."""

import errno
import time
from pathlib import Path

import pytest

from card_protocol.words.moment import ClockQuality, PlayedDay
from gateway.core.timekeeping import BUILD_MS
from gateway.drivers import system_clock
from gateway.drivers.system_clock import BOOT_ID_FILE, SystemClock
from tests.gateway.world import NOON_MS


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


def test_a_clock_that_was_set_is_not_called_disciplined_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_clock, "_kernel_synchronised", lambda: True)
    clock = SystemClock(tmp_path)
    assert clock.now().clock is ClockQuality.NTP
    set_ns = time.time_ns() + 3_600_000_000_000
    monkeypatch.setattr(system_clock, "_kernel_synchronised", lambda: False)
    monkeypatch.setattr(time, "time_ns", lambda: set_ns)
    assert clock.now().clock is ClockQuality.RTC, "the kernel was asked a moment ago, and much has happened since"


def test_the_kernel_has_an_answer() -> None:
    assert system_clock._kernel_synchronised() in {True, False}


def test_monotonic_time_never_goes_back(tmp_path: Path) -> None:
    clock = SystemClock(tmp_path)
    times = [clock.now().mono_ns for _ in range(100)]
    assert times == sorted(times)


def test_a_dead_battery_does_not_go_behind_what_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock(tmp_path)
    clock.save()
    kept = clock.now().wall_ms
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    moment = SystemClock(tmp_path).now()
    assert moment.clock is ClockQuality.FLOOR
    assert moment.wall_ms >= kept - 1000


def test_a_box_that_never_knew_says_so_and_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    clock = SystemClock(tmp_path)
    assert clock.now().clock is ClockQuality.UNKNOWN
    assert clock.now().wall_ms >= BUILD_MS
    clock.save()
    assert not (tmp_path / "clock").exists()


@pytest.mark.parametrize("text", [b"", b"rubbish", b"\xff", b'{"floor_ms": 1}'])
def test_a_spoiled_file_is_none(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "clock").write_bytes(text)
    assert SystemClock(tmp_path).now().clock is not ClockQuality.UNKNOWN


def test_in_1970_the_server_says_what_time_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    clock = SystemClock(tmp_path)
    now_ns = time.monotonic_ns()
    clock.server_said(NOON_MS, now_ns - 40_000_000, now_ns)
    moment = clock.now()
    assert moment.clock is ClockQuality.SERVER
    assert abs(moment.wall_ms - NOON_MS) < 1000
    clock.server_said(NOON_MS + 999_999, now_ns, now_ns - 1)
    assert abs(clock.now().wall_ms - NOON_MS) < 1000, "a bracket the wrong way round is none"


def test_other_programs_of_the_box_learn_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    edge, daemon = SystemClock(tmp_path), SystemClock(tmp_path)
    assert edge.now().clock is ClockQuality.UNKNOWN
    now_ns = time.monotonic_ns()
    daemon.server_said(NOON_MS, now_ns, now_ns)
    monkeypatch.setattr(system_clock, "LOOK_AT_FILE_EVERY_NS", 0)
    assert edge.now().clock is ClockQuality.SERVER
    assert SystemClock(tmp_path).now().clock is ClockQuality.SERVER, "and the next one at once"


def test_what_was_learnt_in_another_boot_is_a_floor_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    clock = SystemClock(tmp_path)
    now_ns = time.monotonic_ns()
    clock.server_said(NOON_MS, now_ns, now_ns)
    boot_id = tmp_path / "boot_id"
    boot_id.write_text("another boot\n")
    monkeypatch.setattr(system_clock, "BOOT_ID_FILE", boot_id)
    moment = SystemClock(tmp_path).now()
    assert (moment.clock, moment.boot) == (ClockQuality.FLOOR, "another boot")
    assert moment.wall_ms >= NOON_MS - 1000


def test_a_floor_in_the_future_goes_when_the_server_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: (NOON_MS + 10**12) * 1_000_000)
        SystemClock(tmp_path).save()
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    clock = SystemClock(tmp_path)
    assert clock.now().wall_ms >= NOON_MS + 10**12
    now_ns = time.monotonic_ns()
    clock.server_said(NOON_MS, now_ns, now_ns)
    assert abs(SystemClock(tmp_path).now().wall_ms - NOON_MS) < 60_000


def test_what_is_known_is_kept_once_a_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock(tmp_path)
    now_ns = time.monotonic_ns()
    saves = []
    for seconds in (0, 30, 59, 61, 100, 122):
        monkeypatch.setattr(time, "monotonic_ns", lambda s=seconds: now_ns + s * 1_000_000_000)
        before = (tmp_path / "clock").stat().st_mtime_ns if (tmp_path / "clock").exists() else 0
        clock.keep()
        after = (tmp_path / "clock").stat().st_mtime_ns if (tmp_path / "clock").exists() else 0
        saves.append(after != before)
    assert saves == [False, False, False, True, False, True]


def test_a_played_day_runs_as_fast_as_it_is_told_and_leaves_the_file_alone(tmp_path: Path) -> None:
    now_ms = time.time_ns() // 1_000_000
    day = PlayedDay(anchor_ms=now_ms - 1000, from_ms=BUILD_MS, speed=60)
    clock = SystemClock(tmp_path, day)
    moment = clock.now()
    assert moment.wall_ms >= BUILD_MS + 60_000
    assert moment.wall_ms < BUILD_MS + 60 * 60_000
    clock.server_said(NOON_MS, 0, 0)
    clock.save()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_does_not_stop_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock(tmp_path)

    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as disk:
        disk.setattr(system_clock, "write_atomically", full)
        clock.save()
    assert not (tmp_path / "clock").exists()
    clock.save()
    assert (tmp_path / "clock").exists()
