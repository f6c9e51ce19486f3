"""The revocation benchmark's figures; the whole of it runs in `commands/bench/test_revoke.py`."""

from onecard.bench.revoke import GOAL_S, _figures, _used


def test_the_figures_belong_together() -> None:
    figures = _figures(100, 2, [0.1] * 99 + [0.4], [0.05] * 100)
    assert (figures["p50_s"], figures["p99_s"], figures["max_s"]) == (0.1, 0.1, 0.4)
    assert (figures["bare_p99_s"], figures["ratio"], figures["goal_s"], figures["met"]) == (0.05, 2.0, GOAL_S, True)
    assert not _figures(1, 1, [GOAL_S], [0.5])["met"]


def test_processor_seconds_are_those_of_the_usual_round() -> None:
    assert _used({"server": [1.0, 9.0, 1.2], "broker": [0.1]}) == {"server_cpu_s": 1.2, "broker_cpu_s": 0.1}
