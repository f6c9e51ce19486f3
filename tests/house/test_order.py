"""The longest tests stand where each worker begins."""

import pytest

from tests.support.order import dealt

NAMES = [f"tests/a/test_a.py::{n}" for n in range(5)]
JOURNEYS = [f"tests/journeys/test_{name}.py::{n}" for name in "xyz" for n in range(2)]
MIXED = [*NAMES[:3], *JOURNEYS[:2], NAMES[3], *JOURNEYS[2:], NAMES[4]]


def test_each_worker_s_stretch_begins_with_whole_modules_of_journeys() -> None:
    order = dealt(MIXED, MIXED, 2)
    x, y, z = JOURNEYS[:2], JOURNEYS[2:4], JOURNEYS[4:]
    assert order == [*x, *z, NAMES[0], *y, *NAMES[1:]]


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 20])
@pytest.mark.parametrize("names", [[], NAMES, JOURNEYS, MIXED])
def test_nobody_is_lost_or_doubled_and_the_short_ones_keep_their_order(names: list[str], workers: int) -> None:
    order = dealt(names, names, workers)
    assert sorted(order) == sorted(names)
    assert [name for name in order if name in NAMES] == [name for name in names if name in NAMES]
