"""The pace: the day fits into the seconds that were asked for."""

from hypothesis import given
from hypothesis import strategies as st

from card_protocol.words.moment import PlayedDay
from onecard.demo.options import DAY_MS, ENDLESS_SPEED, Options


@given(st.integers(5, 100_000))
def test_the_day_is_not_over_before_the_time_is_up(for_s: int) -> None:
    pace = Options(8080, for_s=for_s).pace
    assert pace >= 1
    assert pace == 1 or pace * for_s * 1000 <= DAY_MS < (pace + 1) * for_s * 1000


@given(st.integers(5, 100_000))
def test_a_clock_can_run_at_that_pace(for_s: int) -> None:
    PlayedDay(anchor_ms=0, from_ms=0, speed=Options(8080, for_s=for_s).pace)


def test_a_chosen_speed_is_kept_and_without_an_end_there_is_one_for_watching() -> None:
    assert Options(8080, for_s=60, speed=7).pace == 7
    assert Options(8080).pace == ENDLESS_SPEED
