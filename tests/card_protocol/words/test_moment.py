"""Moments: the local day at its edges, and the clock of a demonstration."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from card_protocol.words.moment import (
    DAY_MS,
    MINUTE_MS,
    WALL_END_MS,
    ClockQuality,
    Moment,
    PlayedDay,
    local_day_and_minute,
    local_ms,
)
from tests.support.codecs import assert_round_trip, assert_strict
from tests.support.strategies import moments, wall_times

SHANGHAI = ZoneInfo("Asia/Shanghai")
SINCE_1992_MS = 694_224_000_000
"""Before, China had summer time (1986 to 1991); no tap is that old."""


@given(moments)
def test_round_trip_and_strictness(moment: Moment) -> None:
    assert_round_trip(moment)
    assert_strict(moment)


def test_the_bytes_of_one_moment() -> None:
    moment = Moment(wall_ms=1_780_000_000_000, mono_ns=5, boot="b1", clock=ClockQuality.SERVER)
    assert moment.to_bytes() == b'{"boot":"b1","clock":"server","mono_ns":5,"wall_ms":1780000000000}'


@pytest.mark.parametrize("wall_ms", [-1, WALL_END_MS])
def test_the_bounds_of_wall_time(wall_ms: int) -> None:
    with pytest.raises(ValidationError):
        Moment(wall_ms=wall_ms, mono_ns=0, boot="", clock=ClockQuality.RTC)


@given(st.integers(SINCE_1992_MS, 4_000_000_000_000))
def test_local_time_agrees_with_the_time_zone_data_base(wall_ms: int) -> None:
    there = datetime.fromtimestamp(wall_ms // 1000, UTC).astimezone(SHANGHAI)
    assert local_day_and_minute(wall_ms) == (there.date(), there.hour * 60 + there.minute)


@given(wall_times)
def test_every_wall_time_is_a_minute_of_a_day(wall_ms: int) -> None:
    day, minute = local_day_and_minute(wall_ms)
    assert 0 <= minute < 1440
    assert local_ms(day, minute) <= wall_ms < local_ms(day, minute) + MINUTE_MS


def test_midnight_in_hangzhou_is_four_in_the_afternoon_in_london() -> None:
    midnight = int(datetime(2026, 9, 30, 16, 0, tzinfo=UTC).timestamp()) * 1000
    assert local_day_and_minute(midnight) == (date(2026, 10, 1), 0)
    assert local_day_and_minute(midnight - 1) == (date(2026, 9, 30), 1439)
    assert local_ms(date(2026, 10, 1)) == midnight


@given(st.dates(date(1992, 1, 1), date(2199, 12, 31)))
def test_every_day_has_24_hours(day: date) -> None:
    assert local_ms(day + timedelta(days=1)) - local_ms(day) == DAY_MS
    assert local_ms(day, 1440) == local_ms(day + timedelta(days=1))


played_days = st.builds(PlayedDay, anchor_ms=wall_times, from_ms=wall_times, speed=st.integers(1, 100_000))


@given(played_days)
def test_a_played_day_round_trips(played: PlayedDay) -> None:
    assert_round_trip(played)
    assert_strict(played)


@given(played_days, wall_times, wall_times)
def test_a_played_clock_never_goes_back_and_never_leaves_the_calendar(
    played: PlayedDay, one_ms: int, other_ms: int
) -> None:
    earlier, later = sorted((one_ms, other_ms))
    assert 0 <= played.wall_ms(earlier) <= played.wall_ms(later) < WALL_END_MS
    assert played.wall_ms(played.anchor_ms) == played.from_ms


def test_a_played_clock_runs_as_fast_as_it_is_told() -> None:
    played = PlayedDay(anchor_ms=1_000, from_ms=50_000, speed=60)
    assert played.wall_ms(2_000) == 50_000 + 60_000


def test_a_played_clock_keeps_real_pace_before_its_anchor() -> None:
    played = PlayedDay(anchor_ms=10_000, from_ms=50_000, speed=60)
    assert played.wall_ms(9_000) == 49_000
