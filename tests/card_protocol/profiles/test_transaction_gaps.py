"""Counters: what nobody reported is found, what went back is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.profiles.refusal import Cause
from card_protocol.profiles.transaction_gaps import Gap, check_counter, find_gaps


@pytest.mark.parametrize(
    ("reported", "gaps"),
    [
        ([], [Gap(4, 9)]),
        ([4, 5, 6, 7, 8, 9], []),
        ([5, 6, 9], [Gap(4, 4), Gap(7, 8)]),
        ([9, 4, 9, 1, 12], [Gap(5, 8)]),
    ],
)
def test_gaps(reported, gaps):
    assert find_gaps(reported, since=3, now=9) == tuple(gaps)


def test_nothing_happened():
    assert find_gaps([], since=3, now=3) == ()


@given(st.sets(st.integers(1, 60)), st.integers(0, 20), st.integers(20, 60))
def test_gaps_and_reports_make_the_whole(reported, since, now):
    gaps = find_gaps(reported, since=since, now=now)
    missing = {n for gap in gaps for n in range(gap.first, gap.last + 1)}
    assert missing == set(range(since + 1, now + 1)) - reported
    assert sum(gap.count for gap in gaps) == len(missing)


def test_a_counter_that_went_back():
    assert check_counter(5, highest_seen=5) is None
    assert check_counter(4, highest_seen=5).cause is Cause.COUNTER_BACK
