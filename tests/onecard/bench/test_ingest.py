"""The benchmark of ingest: pairs, medians, goal. How fast anything is, no test says."""

from contextlib import contextmanager
from typing import Any

import pytest

from onecard.bench import ingest
from onecard.bench.ingest_box import BoxReport
from onecard.bench.ingest_floor import BareReport
from onecard.bench.ingest_hall import HallReport


@pytest.mark.parametrize(("seconds", "ratio", "met"), [((1.0, 2.0, 4.0), 1.0, True), ((4.0, 8.0, 16.0), 0.25, False)])
def test_the_ratio_is_the_median_of_the_pairs(
    seconds: tuple[float, ...], ratio: float, met: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    cpu = iter([0.0, 0.1, 0.1, 0.3, 0.3, 0.6])
    mine = iter(seconds)
    floors = iter((1.0, 2.0, 4.0))

    class FakeHall:
        def report(self) -> HallReport:
            return HallReport(next(cpu))

    @contextmanager
    def nothing(*_: object) -> Any:
        yield FakeHall()

    monkeypatch.setattr(ingest, "broker", nothing)
    monkeypatch.setattr(ingest, "hall", nothing)
    monkeypatch.setattr(ingest, "DATABASES", {"sqlite": nothing})
    monkeypatch.setattr(ingest, "bring", lambda *_: BoxReport(1000, next(mine), 0.05, {}))
    monkeypatch.setattr(ingest, "run_floor", lambda *_: BareReport(1000, next(floors), 0.07))
    told: list[str] = []
    report = ingest.run(["sqlite"], 1000, told.append)
    assert told == ["sqlite bench-0", "sqlite bench-1", "sqlite bench-2"]
    figures = report["ingest"]["sqlite"]
    assert figures["ratio"] == ratio
    assert figures["bare_events_per_s"] == 500
    assert figures["server_cpu_us_per_event"] == 200
    assert figures["bare_cpu_us_per_event"] == 70
    assert figures["gateway_cpu_us_per_event"] == 50
    assert report["goal_met"] is met
