"""The benchmark of a backlog: rate beside ingest, and alarms paired with when they were told."""

from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from onecard.bench import catchup
from onecard.bench.ingest_box import BoxReport
from onecard.bench.ingest_hall import HallReport


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ingest": BoxReport(1000, 1.0, 0.1, {}),
        "catchup": BoxReport(9000, 10.0, 1.0, {101: 5.0, 102: 6.0}),
        "told": {("catchup", 101): 5.1, ("catchup", 102): 6.3, ("ingest", 101): 99.0},
    }

    class FakeHall:
        def report(self) -> HallReport:
            return HallReport(0.0, found["told"])

    @contextmanager
    def nothing(*_: object) -> Any:
        yield FakeHall()

    def bring(folder: Path, _server: object, name: str, events: int, alarm_every_s: float = 0.0) -> BoxReport:
        assert folder.name == name
        assert (alarm_every_s > 0) is (name == "catchup")
        report: BoxReport = found[name]
        return report

    monkeypatch.setattr(catchup, "broker", nothing)
    monkeypatch.setattr(catchup, "hall", nothing)
    monkeypatch.setattr(catchup, "DATABASES", {"sqlite": nothing})
    monkeypatch.setattr(catchup, "bring", bring)
    return found


def test_rate_and_lateness(reports: dict[str, Any]) -> None:
    report = catchup.run("sqlite", 9000, lambda _: None)
    assert (report["events_per_s"], report["ingest_events_per_s"], report["ratio"]) == (900, 1000, 0.9)
    assert (report["alarms"], report["alarms_told"], report["p50_ms"], report["p99_ms"]) == (2, 2, 100.0, 300.0)
    assert report["goal_met"]


@pytest.mark.parametrize(
    "worse",
    [
        {"catchup": BoxReport(9000, 20.0, 1.0, {101: 5.0})},
        {"told": {("catchup", 101): 5.6, ("catchup", 102): 6.3}},
        {"told": {("catchup", 101): 5.1}},
    ],
)
def test_each_goal_can_be_missed(reports: dict[str, Any], worse: dict[str, Any]) -> None:
    reports.update(worse)
    assert not catchup.run("sqlite", 9000, lambda _: None)["goal_met"]


def test_a_backlog_that_is_too_small_is_said(reports: dict[str, Any]) -> None:
    reports["told"] = {}
    with pytest.raises(RuntimeError, match="over before an alarm"):
        catchup.run("sqlite", 9000, lambda _: None)
