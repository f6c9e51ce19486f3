"""The figures of the gossip bench."""

import pytest

from card_protocol.words.moment import DAY_MS
from onecard.bench.gossip import HOUR_MS, Run, Setting, Week, one_run, run, table, usual_outages
from onecard.bench.gossip_spread import GRANT_MS

SMALL = Setting(residents=300, runs=3, days=3)


def test_shares_of_a_run_by_hand():
    found = Run(4, (1 * HOUR_MS, 2 * HOUR_MS, 5 * HOUR_MS), 6 * DAY_MS)
    assert [found.share_after_ms(percent) for percent in (1, 50, 51, 75, 95, 100)] == [
        HOUR_MS, 2 * HOUR_MS, 5 * HOUR_MS, 5 * HOUR_MS, None, None,
    ]  # fmt: skip


def test_a_run_ends_when_all_doors_know_and_beats_the_grant():
    week = Week(SMALL, 1)
    found = one_run(SMALL, week, 10)
    assert len(found.known_after_ms) == 10
    assert list(found.known_after_ms) == sorted(found.known_after_ms)
    assert found.known_after_ms[0] >= 0
    assert found.known_after_ms[-1] < found.grant_left_ms <= GRANT_MS
    assert one_run(SMALL, Week(SMALL, 1), 10) == found


def test_with_nobody_about_no_door_ever_knows():
    lonely = Setting(residents=1, days=1)
    week = Week(lonely, 1)
    found = one_run(lonely, week, 19)
    assert found.known_after_ms == ()
    assert found.share_after_ms(50) is None
    assert all(tap.at_ms < week.revoked_ms for tap in week.taps())


def test_a_week_is_followed_to_its_end():
    week = Week(SMALL, 2)
    taps = list(week.taps())
    assert week.revoked_ms + (SMALL.days - 1) * DAY_MS < taps[-1].at_ms < week.end_ms
    assert all(tap.who != week.loser for tap in taps if tap.at_ms >= week.revoked_ms)
    assert week.losses() == sorted(week.losses())


def test_the_report_and_its_table():
    told = []
    report = run(SMALL, [2, 19], lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    hours = report["offline"]["19"]["known_hours"]
    assert hours["50"]["median"] <= hours["95"]["median"] <= hours["100"]["median"]
    assert hours["100"]["median"] <= hours["100"]["p95"] <= hours["100"]["longest"]
    assert report["offline"]["2"]["no_gossip_hours"]["median"] > hours["100"]["longest"]
    rows = table(report).splitlines()
    assert rows[2].startswith("| 2 / 20 | ")
    assert table(report, chinese=True).splitlines()[2:] == rows[2:]


def test_what_never_came_is_told_as_never():
    report = run(Setting(residents=1, days=1, runs=2), [19])
    assert report["offline"]["19"]["known_hours"]["100"] == {
        "median": None, "p95": None, "longest": None, "runs_never": 2,
    }  # fmt: skip
    assert "| never / never / never |" in table(report)


@pytest.mark.parametrize("offline", [0, 20])
def test_somebody_must_be_online_and_somebody_offline(offline: int):
    with pytest.raises(ValueError, match="1 to 19 offline doors"):
        one_run(SMALL, Week(SMALL, 1), offline)


def test_usual_outages():
    assert usual_outages(20) == [2, 5, 10, 15, 19]
    assert usual_outages(5) == [1, 2, 3, 4]
