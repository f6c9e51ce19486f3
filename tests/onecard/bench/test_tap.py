"""The bench measures what it says, in few taps."""

from pathlib import Path

import pytest

from onecard.bench import tap
from onecard.bench.tap import run
from onecard.bench.tap_stage import Stack, StackAbsent

TAPS = 3


def check(report: dict[str, object], stack: str) -> None:
    stacks = report["stacks"]
    assert isinstance(stacks, dict)
    figures = stacks[stack]
    assert set(figures) == {
        "p50_ms",
        "p99_ms",
        "floor_p50_ms",
        "floor_p99_ms",
        "ratio",
        "round_trips_before_unlock",
        "bytes_on_air",
        "modelled_air_ms_106",
    }
    assert 0 < figures["p50_ms"] <= figures["p99_ms"]
    assert 0 < figures["floor_p50_ms"] <= figures["floor_p99_ms"]
    assert figures["ratio"] == pytest.approx(figures["p50_ms"] / figures["floor_p50_ms"], rel=0.01)
    assert figures["round_trips_before_unlock"] == 4
    assert figures["modelled_air_ms_106"] <= 25


def test_nfc() -> None:
    told: list[tuple[str, int, int]] = []
    report = run(TAPS, [Stack.NFC], lambda *progress: told.append(progress))
    assert report["taps"] == TAPS
    check(report, "nfc")
    assert told[0] == ("nfc", 1, TAPS)
    assert told[-1] == ("nfc", TAPS, TAPS)


def test_a_stack_that_is_absent_is_named_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tap, "_measure", _absent)
    assert run(TAPS, [Stack.PCSC], lambda *_: None) == {
        "taps": TAPS,
        "stacks": {},
        "absent": {"pcsc": "pcscd is not installed"},
    }


def _absent(stack: Stack, folder: Path, taps: int, tell: tap.Tell) -> None:
    raise StackAbsent("pcscd is not installed")
