"""The bench of decisions: it asks what it says it asks, and its figures hang together."""

import random
from pathlib import Path

import pytest

from card_protocol.policy.decider import decide
from card_protocol.words.reason import Reason
from gateway.drivers.book_file import BookFile
from onecard.bench import decide as bench
from onecard.bench.decide import NOW, DecideFigures, measure, run, table, write_book

CARDS = 60


def test_the_book_is_a_gateway_s_and_the_questions_find_their_cards(tmp_path: Path) -> None:
    write_book(tmp_path, CARDS)
    books = BookFile(tmp_path)
    try:
        asked = bench._questions(random.Random(1), CARDS, 300)
        reasons = [decide(shown, door, books.current(), NOW).reason for shown, door in asked]
    finally:
        books.close()
    assert set(reasons) == {Reason.GRANTED, Reason.WRONG_POINT, Reason.SUSPENDED}
    assert len({shown.card_id for shown, _ in asked}) > CARDS / 2


def test_figures_of_one_size(tmp_path: Path) -> None:
    write_book(tmp_path, CARDS)
    figures = measure(tmp_path, CARDS, 50)
    assert figures.cards == CARDS
    assert figures.per_s > 0
    assert figures.bare_per_s > 0
    assert figures.rss_mib > 0
    assert 0 < figures.granted_share < 1


def test_a_process_of_its_own_for_each_size() -> None:
    told: list[int] = []
    report = run([30, CARDS], 20, told.append)
    assert told == [30, CARDS]
    assert [row["cards"] for row in report["decide"]] == [30, CARDS]
    assert report["slowdown"] >= 1


@pytest.mark.parametrize(
    ("per_s", "rss_mib", "met"),
    [
        ((60_000, 55_000), (90, 199), True),
        ((60_000, 49_999), (90, 90), False),
        ((90_000, 60_000), (90, 90), False),  # 1.5 times slower
        ((60_000, 60_000), (90, 201), False),
    ],
)
def test_goals(per_s: tuple[int, int], rss_mib: tuple[int, int], met: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = iter(zip(per_s, rss_mib, strict=True))
    monkeypatch.setattr(bench, "write_book", lambda *_: None)
    monkeypatch.setattr(
        bench,
        "_in_its_own_process",
        lambda _folder, cards, _n: DecideFigures(cards, (r := next(rows))[0], 1, r[1], 0.5),
    )
    report = run([10, 20], 10, lambda _: None)
    assert report["goal_met"] is met
    assert table(report).splitlines()[2] == f"| 10 | {per_s[0]} | 1 | {rss_mib[0]} |"
    assert "每核秒判定" in table(report, chinese=True)
