"""Points, schedules, calendar and levels: row and word say the same."""

import pytest
from hypothesis import given

from card_protocol.words.point import Point
from card_protocol.words.schedule import Calendar, Schedule
from server.tables.place import (
    AccessLevelRow,
    CalendarDayRow,
    PointRow,
    from_schedule,
    to_calendar,
    to_level,
    to_point,
    to_schedule,
)
from tests.support.strategies import calendars, points, schedules


@given(points)
def test_a_point(word: Point) -> None:
    assert to_point(PointRow(**word.model_dump(mode="json"), org="330105008001")) == word


@given(schedules)
def test_a_schedule(word: Schedule) -> None:
    assert to_schedule(from_schedule(word)) == word


@given(calendars)
def test_a_calendar(word: Calendar) -> None:
    days = dict.fromkeys(word.holidays, False) | dict.fromkeys(word.workdays, True)
    back = to_calendar([CalendarDayRow(day=day, workday=workday) for day, workday in days.items()])
    assert back.workdays == word.workdays
    assert back.holidays == word.holidays - word.workdays, "a day has one kind: the make-up workday stands"


def test_an_access_level() -> None:
    row = AccessLevelRow(id="home", number=7, name_zh="居民", name_en="Residents", schedule_id="always")
    word = to_level(row, frozenset({"gate"}))
    assert (word.id, word.number, word.points, word.schedule) == ("home", 7, frozenset({"gate"}), "always")


def test_rows_are_not_validated_and_words_are() -> None:
    row = PointRow(id="gate", org="x", kind="moon", name_zh="门", name_en="Gate", area="a", direction="in")
    with pytest.raises(ValueError, match="moon"):
        to_point(row)
