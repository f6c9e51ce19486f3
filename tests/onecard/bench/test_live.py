"""The live bench end to end, small: the real server and the bare one, each with a few listeners."""

import pytest

from onecard.bench import live


def test_a_few_listeners_hear_every_tap_of_both_servers():
    report = live.run([4], 20, 1, lambda _what: None)
    (row,) = report["live"]
    assert (row["subscribers"], row["delivered_ratio"], row["bare_delivered_ratio"]) == (4, 1.0, 1.0)
    assert row["p50_ms"] <= row["p99_ms"]
    assert row["cpu_cores"] > 0
    assert row["bare_cpu_cores"] > 0


GOOD = {"delivered_ratio": 1.0, "p99_ms": 249.0, "cpu_cores": 1.0}


@pytest.mark.parametrize(
    ("worse", "met"),
    [({}, True), ({"delivered_ratio": 0.999}, False), ({"p99_ms": 250.0}, False), ({"cpu_cores": 1.001}, False)],
)
def test_each_goal_can_be_missed_and_the_largest_counts(monkeypatch, worse, met):
    rows = iter([{"p99_ms": 999.0, "delivered_ratio": 0.0, "cpu_cores": 9.0}, GOOD | worse])
    monkeypatch.setattr(live, "measure", lambda *_asked: next(rows))
    assert live.run([200, 1000], 50, 20, lambda _what: None)["goal_met"] is met
