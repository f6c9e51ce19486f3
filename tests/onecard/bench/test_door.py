"""The bench measures a door over the line, in few taps."""

import pytest

from onecard.bench.door import run

TAPS = 5


def test_a_door_beside_the_bare_line() -> None:
    told: list[tuple[int, int]] = []
    report = run(TAPS, lambda *progress: told.append(progress))
    found = report["door"]
    assert (report["taps"], told[0], told[-1]) == (TAPS, (1, TAPS), (TAPS, TAPS))
    assert 0 < found["floor_p50_ms"] <= found["floor_p99_ms"]
    assert 0 < found["p50_ms"] <= found["p99_ms"]
    assert 0 < found["poll_p50_ms"] <= found["poll_p99_ms"]
    assert found["ratio"] == pytest.approx(found["p50_ms"] / found["floor_p50_ms"], rel=0.01)
    assert found["added_p50_ms"] == pytest.approx(found["p50_ms"] - found["floor_p50_ms"], abs=0.01)
