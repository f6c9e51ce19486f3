"""A week of opening hours as people write it: 06:00-09:00, 17:00-22:00 on each kind of day. Pure."""

import re
from collections.abc import Iterable

from card_protocol.words.schedule import DAY_MINUTES, HOLIDAY, Interval
from server.pages.i18n import N_

CELL_MINUTES = 30
DAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
    N_("Holiday"),
)
_SPAN = re.compile(r"^(\d{1,2})[:\uff1a](\d{2})\s*[-\uff0d–—~～至到]\s*(\d{1,2})[:\uff1a](\d{2})$")
_BETWEEN = re.compile(r"[,，;；、]+")


def parsed(text: str, day: int) -> list[Interval]:
    """Hours of one kind of day -> intervals, overlapping ones as one; ValueError when it is none."""
    spans = []
    for part in filter(None, (piece.strip() for piece in _BETWEEN.split(text))):
        found = _SPAN.match(part)
        if found is None:
            raise ValueError(part)
        hours = [int(number) for number in found.groups()]
        start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
        if hours[1] > 59 or hours[3] > 59 or not start < end <= DAY_MINUTES:
            raise ValueError(part)
        spans.append((start, end))
    return [Interval(day=day, start=start, end=end) for start, end in joined(spans)]


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that touch as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def written(intervals: Iterable[Interval], day: int) -> str:
    """The hours of one kind of day, as `parsed` reads them."""
    spans = joined((i.start, i.end) for i in intervals if i.day == day)
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def cells(intervals: Iterable[Interval], day: int) -> list[str]:
    """Half hours of one kind of day: open, part or shut."""
    spans = joined((i.start, i.end) for i in intervals if i.day == day)
    found = []
    for start in range(0, DAY_MINUTES, CELL_MINUTES):
        open_minutes = sum(max(0, min(end, start + CELL_MINUTES) - max(begin, start)) for begin, end in spans)
        found.append("open" if open_minutes == CELL_MINUTES else "part" if open_minutes else "shut")
    return found


def kinds() -> range:
    """Monday to Sunday, and holidays."""
    return range(HOLIDAY + 1)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
