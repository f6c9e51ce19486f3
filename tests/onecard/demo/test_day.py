"""The planned day: the same from the same seed, in order, at points that exist."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from onecard.demo.community import OLD_LADY, POINTS, residents
from onecard.demo.day import DAY_ENDS_MIN, DAY_STARTS_MIN, Manner, plan_day

PEOPLE = residents()


@given(st.integers())
def test_a_day_is_in_order_and_stays_within_its_hours(seed: int) -> None:
    taps = plan_day(PEOPLE, seed)
    assert all(a.minute <= b.minute for a, b in pairwise(taps))
    assert all(DAY_STARTS_MIN <= tap.minute <= DAY_ENDS_MIN for tap in taps)
    assert {tap.point for tap in taps} <= {point.id for point in POINTS}
    assert all(0 <= tap.resident < len(PEOPLE) for tap in taps)


@given(st.integers())
def test_everybody_goes_out_and_comes_home(seed: int) -> None:
    calm = [tap for tap in plan_day(PEOPLE, seed) if tap.manner is Manner.CALM]
    for index in set(range(len(PEOPLE))) - {OLD_LADY}:
        mine = [tap.point for tap in calm if tap.resident == index]
        assert {"south-gate-in", "south-gate-out", "unit-door"} <= set(mine)


def test_the_same_seed_gives_the_same_day() -> None:
    assert plan_day(PEOPLE, 7) == plan_day(PEOPLE, 7)
    assert plan_day(PEOPLE, 7) != plan_day(PEOPLE, 8)
