"""The State Council's calendar (放假安排): holidays and make-up workdays by year, from the package `chinesecalendar`.

They are taken over once a year; a day about which the community has said something itself stays as it is.
"""

from chinese_calendar.constants import holidays, workdays
from sqlmodel import select

from card_protocol.words.schedule import Calendar
from server.services import audit
from server.services.access import access
from server.services.problems import Code, Problem
from server.services.signals import Wish
from server.services.work import Work
from server.tables import CalendarDayRow


def official(year: int) -> Calendar:
    """What the State Council decided for a year; Problem NOT_FOUND for one that the package does not know yet."""
    free = frozenset(day.isoformat() for day in holidays if day.year == year)
    worked = frozenset(day.isoformat() for day in workdays if day.year == year)
    if not free:
        years = sorted({day.year for day in holidays})
        raise Problem(Code.NOT_FOUND, f"No holidays are known for {year}, only for {years[0]} to {years[-1]}.")
    return Calendar(holidays=free, workdays=worked)


def take_over(work: Work, year: int) -> Calendar:
    """Add a year's official days to the community's calendar; the calendar after it. Problem NOT_FOUND."""
    decided = official(year)
    own = set(work.session.exec(select(CalendarDayRow.day)))
    days = dict.fromkeys(decided.holidays, False) | dict.fromkeys(decided.workdays, True)
    fresh = {day: worked for day, worked in sorted(days.items()) if day not in own}
    work.session.add_all([CalendarDayRow(day=day, workday=worked) for day, worked in fresh.items()])
    work.session.flush()
    audit.record(work, "calendar.official", "calendar", after={"year": year, "days": len(fresh)})
    work.wish(Wish.PUBLISH)
    return access.calendar_of(work.session)
