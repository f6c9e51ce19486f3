"""Small numbers are not shown, and cannot be reckoned from the sum."""

from hypothesis import given
from hypothesis import strategies as st

from server.services.statistics.masking import K, masked

COUNTS = st.lists(st.integers(0, 40), max_size=12)


@given(COUNTS)
def test_nothing_small_is_shown_and_one_alone_is_never_missing(counts: list[int]) -> None:
    found = masked(counts)
    assert all(one is None or one == 0 or one >= K for one in found)
    assert all(one in (None, count) for one, count in zip(found, counts, strict=True))
    others = sum(count >= K for count in counts)
    assert found.count(None) != 1 or others == 0
    assert (None in found) == any(0 < count < K for count in counts)


def test_by_hand() -> None:
    assert masked([3, 9, 20, 0]) == [None, None, 20, 0]
    assert masked([3, 2, 20]) == [None, None, 20]
    assert masked([0, 5, 7]) == [0, 5, 7]
