"""The bench of pages: its verdict, and what founding a community leaves."""

import pytest

from onecard.bench import pages


def row(p95_ms):
    return {"people": 1, "pages": {"people": {"p50_ms": 1.0, "p95_ms": p95_ms}}}


@pytest.mark.parametrize(
    ("small", "large", "growth", "met"),
    [(20.0, 40.0, 2.0, True), (20.0, 40.2, 2.01, False), (60.0, 100.0, 1.667, False), (99.9, 10.0, 0.1, True)],
)
def test_fast_and_flat(monkeypatch, small, large, growth, met):
    rows = iter([row(small), row(large)])
    monkeypatch.setattr(pages, "measure", lambda *_asked: next(rows))
    report = pages.run(["sqlite"], [10, 1000], 5, lambda _what: None)
    assert report["growth"] == {"sqlite": {"people": growth}}
    assert report["goal_met"] is met
