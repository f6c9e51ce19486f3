"""Percentiles by the nearest rank."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecard.bench.figures import percentile, rounded


@pytest.mark.parametrize(("percent", "expected"), [(1, 1.0), (50, 5.0), (90, 9.0), (99, 10.0), (100, 10.0)])
def test_the_nearest_rank(percent: int, expected: float) -> None:
    assert percentile([10.0, 1.0, 9.0, 2.0, 8.0, 3.0, 7.0, 4.0, 6.0, 5.0], percent) == expected


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50), st.integers(1, 100))
def test_it_is_one_of_the_values_and_enough_do_not_exceed_it(values: list[float], percent: int) -> None:
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= percent * len(values)


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_rounding_keeps_microseconds() -> None:
    assert rounded(1.23456) == 1.235
