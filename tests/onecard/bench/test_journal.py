"""The journal's benchmark: what it counts. How fast anything is, no test says."""

from pathlib import Path

from card_protocol.words.event import Event
from onecard.bench.journal import ROUNDS, a_tap, run


def test_the_figures_belong_together(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    figures = run(tmp_path, 5, 3, lambda done, total: seen.append((done, total)))
    assert seen == [(n, ROUNDS) for n in range(1, ROUNDS + 1)]
    assert (figures["events"], figures["appenders"]) == (5 * ROUNDS, 3)
    assert min(figures[key] for key in ("per_s", "bare_per_s", "ratio", "group_per_s", "group_ratio")) > 0
    assert figures["event_bytes"] == len(a_tap().to_bytes())


def test_what_is_journaled_is_a_tap_as_a_door_makes_it() -> None:
    assert Event.from_bytes(a_tap().to_bytes()).granted
