"""Schedules: midnight, holidays, make-up workdays, Asia/Shanghai; and an oracle that counts every minute."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from card_protocol.words.moment import MINUTE_MS, local_ms
from card_protocol.words.schedule import (
    DAY_MINUTES,
    HOLIDAY,
    SCHEDULE_MAX_INTERVALS,
    Calendar,
    Interval,
    Schedule,
    always,
    day_kind,
    is_open,
    overlap,
    same_opening,
)
from tests.support.codecs import assert_round_trip, assert_strict
from tests.support.strategies import calendars, days, schedules, wall_times

# National Day 2026 as the State Council set it: holidays 1 to 7 October; Sunday 20 September and
# Saturday 10 October are worked.
NATIONAL_DAY = Calendar(
    holidays=frozenset(f"2026-10-0{n}" for n in range(1, 8)), workdays=frozenset({"2026-09-20", "2026-10-10"})
)
OFFICE = Schedule(
    id="office",
    name_zh="上班时间",
    name_en="Office hours",
    intervals=tuple(Interval(day=day, start=510, end=1050) for day in range(5)),
)
HOLIDAYS_ONLY = Schedule(
    id="holidays", name_zh="节假日", name_en="Holidays", intervals=(Interval(day=HOLIDAY, start=0, end=DAY_MINUTES),)
)


def at(day: str, minute: int) -> int:
    return local_ms(date.fromisoformat(day), minute)


@given(schedules)
def test_schedule_round_trip_and_strictness(schedule: Schedule) -> None:
    assert_round_trip(schedule)
    assert_strict(schedule)


@given(calendars)
def test_calendar_round_trip_and_strictness(calendar: Calendar) -> None:
    assert_round_trip(calendar)
    assert_strict(calendar)


def test_the_bytes_of_one_calendar() -> None:
    calendar = Calendar(holidays=frozenset({"2026-10-02", "2026-10-01"}), workdays=frozenset({"2026-10-10"}))
    assert calendar.to_bytes() == b'{"holidays":["2026-10-01","2026-10-02"],"workdays":["2026-10-10"]}'


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-09-30", 2),  # Wednesday before
        ("2026-10-01", HOLIDAY),
        ("2026-10-07", HOLIDAY),
        ("2026-10-08", 3),
        ("2026-10-10", 0),  # the Saturday that is worked
        ("2026-10-11", 6),
        ("2026-09-20", 0),  # the Sunday that is worked
        ("2026-09-21", 0),  # a Monday
    ],
)
def test_kinds_of_days(day: str, kind: int) -> None:
    assert day_kind(date.fromisoformat(day), NATIONAL_DAY) == kind


@pytest.mark.parametrize(
    ("day", "minute", "is_it"),
    [
        ("2026-09-30", 509, False),
        ("2026-09-30", 510, True),
        ("2026-09-30", 1049, True),
        ("2026-09-30", 1050, False),
        ("2026-10-01", 600, False),  # a Thursday, but a holiday
        ("2026-10-10", 600, True),  # a Saturday, but worked
        ("2026-10-11", 600, False),
    ],
)
def test_office_hours_around_national_day(day: str, minute: int, is_it: bool) -> None:
    assert is_open(OFFICE, NATIONAL_DAY, at(day, minute)) is is_it


def test_a_holiday_begins_and_ends_at_local_midnight() -> None:
    first, after = at("2026-10-01", 0), at("2026-10-08", 0)
    assert not is_open(HOLIDAYS_ONLY, NATIONAL_DAY, first - 1)
    assert is_open(HOLIDAYS_ONLY, NATIONAL_DAY, first)
    assert is_open(HOLIDAYS_ONLY, NATIONAL_DAY, after - 1)
    assert not is_open(HOLIDAYS_ONLY, NATIONAL_DAY, after)


def test_a_night_is_two_intervals() -> None:
    night = Schedule(
        id="night",
        name_zh="夜间",
        name_en="Night",
        intervals=(Interval(day=0, start=1320, end=1440), Interval(day=1, start=0, end=360)),
    )
    monday = at("2026-09-28", 0)
    opens = [m for m in range(2 * DAY_MINUTES) if is_open(night, Calendar(), monday + m * MINUTE_MS)]
    assert opens == list(range(1320, 1440 + 360))


@given(schedules, calendars, days, st.integers(0, DAY_MINUTES - 1), st.integers(0, MINUTE_MS - 1))
def test_open_means_that_an_interval_of_this_kind_of_day_holds_the_minute(
    schedule: Schedule, calendar: Calendar, day: date, minute: int, rest_ms: int
) -> None:
    worked, free = day.isoformat() in calendar.workdays, day.isoformat() in calendar.holidays
    kind = 0 if worked else 7 if free else day.isoweekday() - 1
    minutes = {m for i in schedule.intervals if i.day == kind for m in range(i.start, i.end)}
    assert is_open(schedule, calendar, local_ms(day, minute) + rest_ms) == (minute in minutes)


@given(wall_times, calendars)
def test_always_is_always(wall_ms: int, calendar: Calendar) -> None:
    assert is_open(always("all-day"), calendar, wall_ms)


@given(days)
def test_a_day_that_is_both_is_worked(day: date) -> None:
    both = frozenset({day.isoformat()})
    assert day_kind(day, Calendar(holidays=both, workdays=both)) == 0
    assert day_kind(day + timedelta(days=1), Calendar(holidays=both, workdays=both)) == (day.weekday() + 1) % 7


SPELT_WRONG = ["", "20261001", "2026-W40-4", "2026-10-1", "2026-02-30", "nonsense", "２０２６-10-01"]


@pytest.mark.parametrize("text", SPELT_WRONG)
def test_a_day_has_one_spelling(text: str) -> None:
    with pytest.raises(ValidationError):
        Calendar(holidays=frozenset({text}))


@pytest.mark.parametrize(("start", "end"), [(10, 10), (11, 10), (-1, 5), (0, 1441)])
def test_what_is_no_interval(start: int, end: int) -> None:
    with pytest.raises(ValidationError):
        Interval(day=0, start=start, end=end)


def test_a_changed_copy_is_open_by_its_own_hours() -> None:
    assert is_open(OFFICE, NATIONAL_DAY, at("2026-09-30", 600))
    assert not is_open(OFFICE.model_copy(update={"intervals": ()}), NATIONAL_DAY, at("2026-09-30", 600))
    assert not is_open(OFFICE, NATIONAL_DAY, at("2026-10-01", 600))
    worked = NATIONAL_DAY.model_copy(update={"holidays": frozenset()})
    assert is_open(OFFICE, worked, at("2026-10-01", 600))


@pytest.mark.parametrize(
    ("then", "now", "same"),
    [
        (("2026-09-30", 510), ("2026-09-30", 510), True),
        (("2026-09-30", 520), ("2026-09-30", 1049), True),
        (("2026-09-30", 520), ("2026-09-30", 1050), False),
        (("2026-09-30", 509), ("2026-09-30", 520), False),
        (("2026-09-29", 520), ("2026-09-30", 520), False),
        (("2026-09-30", 521), ("2026-09-30", 520), False),
    ],
)
def test_an_opening_lasts_from_its_start_to_its_end(then: tuple[str, int], now: tuple[str, int], same: bool) -> None:
    assert same_opening(OFFICE, NATIONAL_DAY, at(*then), at(*now)) is same


def test_a_schedule_is_bounded() -> None:
    many = tuple(Interval(day=0, start=m, end=m + 1) for m in range(SCHEDULE_MAX_INTERVALS + 1))
    with pytest.raises(ValidationError):
        Schedule(id="many", name_zh="", name_en="", intervals=many)


def test_intervals_that_share_a_minute_are_found() -> None:
    def of(*spans: tuple[int, int, int]) -> Schedule:
        intervals = tuple(Interval(day=day, start=start, end=end) for day, start, end in spans)
        return Schedule(id="s", name_zh="", name_en="", intervals=intervals)

    assert overlap(of((0, 60, 120), (0, 120, 180), (1, 60, 120))) is None
    assert overlap(OFFICE) is None
    found = overlap(of((1, 0, 9), (0, 119, 180), (0, 60, 120)))
    assert found is not None
    assert [(one.start, one.end) for one in found] == [(60, 120), (119, 180)]
