"""The benchmark of policies: it applies what it says, and a change costs what it changes."""

from pathlib import Path

import pytest

from card_protocol.words.ids import ulid_to_bytes
from gateway.drivers.book_file import BookFile
from onecard.bench import policy as bench
from onecard.bench.policy import DELTA_CARDS, PolicyFigures, card_id, measure, run


def test_a_policy_of_some_cards_is_built_fetched_and_applied(tmp_path: Path) -> None:
    figures = measure(tmp_path, 300)
    assert figures.cards == 300
    assert 0 < figures.delta_bytes < figures.snapshot_bytes
    assert min(figures.build_s, figures.apply_s, figures.delta_build_s, figures.delta_apply_s) >= 0
    book = BookFile(tmp_path)
    try:
        entries = [book.current().card(card_id(n)) for n in (0, 299)]
        changed = [book.current().card(card_id(n * (300 // DELTA_CARDS))) for n in range(DELTA_CARDS)]
    finally:
        book.close()
    assert all(entry is not None and entry.levels == ("residents",) for entry in entries)
    assert len({entry.valid_to_ms for entry in changed if entry is not None}) == 1


def test_ids_are_spread() -> None:
    assert len({ulid_to_bytes(card_id(n))[8] for n in range(100)}) > 50


@pytest.mark.parametrize(("last_s", "met"), [(0.19, True), (0.21, False)])
def test_the_goal_is_a_flat_delta(last_s: float, met: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {10: PolicyFigures(10, 1, 1, 1, 1, 0.1, 1, 0.1), 20: PolicyFigures(20, 1, 1, 1, 1, last_s, 1, 0.1)}
    monkeypatch.setattr(bench, "measure", lambda _folder, size: rows[size])
    told: list[int] = []
    report = run([10, 20], told.append)
    assert told == [10, 20]
    assert report["goal_met"] is met
    assert report["delta_growth"] == pytest.approx(last_s / 0.1)
