"""The import bench end to end, small."""

import pytest

from onecard.bench import imports


def test_a_short_list_on_sqlite():
    report = imports.run(["sqlite"], 60, lambda _what: None)
    row = report["imports"]["sqlite"]
    assert row["counts"] == {"new": 60}
    assert report["goal_met"] is True
    assert min(row["dry_run_s"], row["take_over_s"], row["page_p95_ms"], report["bare_s"]) > 0


@pytest.mark.parametrize(("slow", "met"), [({}, True), ({"dry_run_s": 60.0}, False), ({"take_over_s": 61.0}, False)])
def test_each_step_can_be_too_slow(monkeypatch, slow, met):
    monkeypatch.setattr(imports, "measure", lambda *_asked: {"dry_run_s": 1.0, "take_over_s": 59.0} | slow)
    assert imports.run(["sqlite"], 20, lambda _what: None)["goal_met"] is met
