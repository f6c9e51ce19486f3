"""Schedules: weekly intervals, holidays and make-up workdays (调休)."""

from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from card_protocol.words.base import OrderedSet, Title, Word
from card_protocol.words.ids import Slug
from card_protocol.words.moment import local_ordinal_and_minute

DAY_MINUTES = 1440
SCHEDULE_MAX_INTERVALS = 64
CALENDAR_MAX_DAYS = 4096

MONDAY = 0
HOLIDAY = 7
"""Index of the day kind "holiday", after Monday (0) to Sunday (6)."""

Minute = Annotated[int, Field(ge=0, le=DAY_MINUTES)]


class Interval(Word):
    """Open on one kind of day from `start` (inclusive) to `end` (exclusive), minutes of the local day."""

    day: int = Field(ge=0, le=HOLIDAY)
    start: Minute
    end: Minute

    @model_validator(mode="after")
    def _forwards(self) -> "Interval":
        if self.start >= self.end:
            said = "an interval ends after it starts; split one that crosses midnight"
            raise PydanticCustomError("interval_backwards", said)
        return self


class Schedule(Word):
    """A named set of intervals. A day that is a holiday uses the intervals of day 7 only."""

    id: Slug
    name_zh: Title
    name_en: Title
    intervals: tuple[Interval, ...] = Field(max_length=SCHEDULE_MAX_INTERVALS)

    @cached_property
    def spans(self) -> dict[int, tuple[tuple[int, int], ...]]:
        """(start, end) of the intervals by kind of day."""
        kinds = {interval.day for interval in self.intervals}
        return {kind: tuple((i.start, i.end) for i in self.intervals if i.day == kind) for kind in kinds}


def _day(text: str) -> str:
    """Only the one form that `day_kind` compares with; 20261001 would be a holiday that never comes."""
    if not text.isascii() or date.fromisoformat(text).isoformat() != text:
        raise ValueError("a day is written 2026-10-01")
    return text


DayText = Annotated[str, AfterValidator(_day)]
"""A calendar day, 2026-10-01 (ISO 8601 extended format)."""


class Calendar(Word):
    """Days that are not what their weekday says. A day that is in both sets is a workday."""

    holidays: OrderedSet[DayText] = Field(default=frozenset(), max_length=CALENDAR_MAX_DAYS)
    workdays: OrderedSet[DayText] = Field(default=frozenset(), max_length=CALENDAR_MAX_DAYS)
    """Make-up workdays: a Saturday or Sunday that counts as the Monday it replaces."""

    @cached_property
    def kinds(self) -> dict[int, int]:
        """The kind of each of these days, by `date.toordinal`."""
        free = {date.fromisoformat(text).toordinal(): HOLIDAY for text in self.holidays}
        return free | {date.fromisoformat(text).toordinal(): MONDAY for text in self.workdays}


def day_kind(day: date, calendar: Calendar) -> int:
    """0..6 for Monday..Sunday, 7 for a holiday. A make-up workday counts as a Monday."""
    return calendar.kinds.get(day.toordinal(), day.weekday())


def is_open(schedule: Schedule, calendar: Calendar, wall_ms: int) -> bool:
    """Whether the schedule is open at a wall time."""
    return is_open_at(schedule, *kind_and_minute(calendar, wall_ms))


def kind_and_minute(calendar: Calendar, wall_ms: int) -> tuple[int, int]:
    """The kind of the local day, 0 to 7, and the minute in it: all that schedules ask about a wall time."""
    ordinal, minute = local_ordinal_and_minute(wall_ms)
    # Day 1 was a Monday (`date.weekday`).
    return calendar.kinds.get(ordinal, (ordinal - 1) % 7), minute


def is_open_at(schedule: Schedule, kind: int, minute: int) -> bool:
    """Whether the schedule is open on a kind of day at a minute."""
    for start, end in schedule.spans.get(kind, ()):  # noqa: SIM110 - a generator costs more than the comparison
        if start <= minute < end:
            return True
    return False


def overlap(schedule: Schedule) -> tuple[Interval, Interval] | None:
    """Two intervals of one day that share a minute, which is never what somebody meant; None when there are none."""
    ordered = sorted(schedule.intervals, key=lambda interval: (interval.day, interval.start, interval.end))
    for one, next_one in pairwise(ordered):
        if one.day == next_one.day and next_one.start < one.end:
            return one, next_one
    return None


def same_opening(schedule: Schedule, calendar: Calendar, then_ms: int, now_ms: int) -> bool:
    """Whether the schedule has been open since `then_ms` without a break, on one day."""
    (then_day, then), (today, now) = local_ordinal_and_minute(then_ms), local_ordinal_and_minute(now_ms)
    kind, _ = kind_and_minute(calendar, now_ms)
    return then_day == today and any(start <= then <= now < end for start, end in schedule.spans.get(kind, ()))


def always(schedule_id: str) -> Schedule:
    """Open on every kind of day, all day."""
    intervals = tuple(Interval(day=d, start=0, end=DAY_MINUTES) for d in range(HOLIDAY + 1))
    return Schedule(id=schedule_id, name_zh="全天", name_en="Always", intervals=intervals)
