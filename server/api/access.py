"""/points, /schedules, /calendar, /levels"""

from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict

from card_protocol.policy.rules import AccessLevel
from card_protocol.words.ids import Slug
from card_protocol.words.schedule import Calendar, Schedule
from server.api.entry import DEFAULT_LIMIT, After, Limit, Needs, TheHouse
from server.api.preconditions import ToldHere, tag
from server.services.access import access, holidays
from server.services.access.access import LevelIn, PointIn
from server.services.paging import Page, part
from server.services.problems import Code, Problem
from server.services.roles import Permission
from server.services.work import Actor

router = APIRouter(tags=["access"])

Reader = Annotated[Actor, Depends(Needs(Permission.ACCESS_READ))]
Writer = Annotated[Actor, Depends(Needs(Permission.ACCESS_WRITE))]


class IntervalIn(BaseModel):
    """Day 0..6 for Monday..Sunday, 7 for a holiday; minutes of the local day."""

    model_config = ConfigDict(extra="forbid")

    day: int
    start: int
    end: int


class ScheduleIn(BaseModel):
    """A schedule as JSON."""

    model_config = ConfigDict(extra="forbid")

    id: Slug
    name_zh: str
    name_en: str
    intervals: list[IntervalIn]

    def word(self) -> Schedule:
        """The word; Problem INVALID."""
        return _word(Schedule, self)


class CalendarIn(BaseModel):
    """Days as ISO dates."""

    model_config = ConfigDict(extra="forbid")

    holidays: list[str] = []
    workdays: list[str] = []

    def word(self) -> Calendar:
        """The word; Problem INVALID."""
        return _word(Calendar, self)


W = TypeVar("W", Schedule, Calendar)


def _word(of: type[W], given: BaseModel) -> W:
    """JSON is the words' own form: what it refuses is the caller's mistake."""
    try:
        return of.from_bytes(given.model_dump_json().encode())
    except ValueError as error:
        raise Problem(Code.INVALID, str(error)) from None


@router.get("/points")
def points(house: TheHouse, _actor: Reader, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[PointIn]:
    """Points by name."""
    with house.transactions.read() as session:
        return part(access.points(session), lambda point: point.id, after=after, limit=limit)


@router.get("/points/{point_id}")
def point(house: TheHouse, _actor: Reader, point_id: Slug, response: Response) -> PointIn:
    """One point."""
    with house.transactions.read() as session:
        return tag(response, access.point_of(session, point_id))


@router.put("/points/{point_id}")
def set_point(house: TheHouse, actor: Writer, point_id: Slug, point: PointIn, told: ToldHere) -> PointIn:
    """Add a point or change it."""
    _same(point_id, point.id)
    with house.transactions.work(actor) as work:
        return told.change(
            work,
            f"point:{point_id}",
            lambda: access.point_of(work.session, point_id),
            lambda: access.set_point(work, house.community, point),
        )


@router.get("/schedules")
def schedules(house: TheHouse, _actor: Reader, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[Schedule]:
    """Schedules by name."""
    with house.transactions.read() as session:
        return part(access.schedules(session), lambda schedule: schedule.id, after=after, limit=limit)


@router.get("/schedules/{schedule_id}")
def schedule(house: TheHouse, _actor: Reader, schedule_id: Slug, response: Response) -> Schedule:
    """One schedule."""
    with house.transactions.read() as session:
        return tag(response, access.schedule_of(session, schedule_id))


@router.put("/schedules/{schedule_id}")
def set_schedule(house: TheHouse, actor: Writer, schedule_id: Slug, schedule: ScheduleIn, told: ToldHere) -> Schedule:
    """Add a schedule or change it."""
    _same(schedule_id, schedule.id)
    word = schedule.word()
    with house.transactions.work(actor) as work:
        return told.change(
            work,
            f"schedule:{schedule_id}",
            lambda: access.schedule_of(work.session, schedule_id),
            lambda: access.set_schedule(work, word),
        )


@router.get("/calendar")
def calendar(house: TheHouse, _actor: Reader, response: Response) -> Calendar:
    """Holidays and make-up workdays."""
    with house.transactions.read() as session:
        return tag(response, access.calendar_of(session))


@router.put("/calendar")
def set_calendar(house: TheHouse, actor: Writer, days: CalendarIn, told: ToldHere) -> Calendar:
    """Replace holidays and make-up workdays."""
    word = days.word()
    with house.transactions.work(actor) as work:
        return told.change(
            work,
            "calendar",
            lambda: access.calendar_of(work.session),
            lambda: access.set_calendar(work, word),
        )


@router.post("/calendar/official/{year}")
def take_over_holidays(house: TheHouse, actor: Writer, year: Annotated[int, Path(ge=1, le=9999)]) -> Calendar:
    """Add a year's official holidays and make-up workdays; the community's own days stay as they are."""
    with house.transactions.work(actor) as work:
        return holidays.take_over(work, year)


@router.get("/levels")
def levels(house: TheHouse, _actor: Reader, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[AccessLevel]:
    """Access levels by name."""
    with house.transactions.read() as session:
        return part(access.levels(session), lambda level: level.id, after=after, limit=limit)


@router.get("/levels/{level_id}")
def level(house: TheHouse, _actor: Reader, level_id: Slug, response: Response) -> AccessLevel:
    """One access level."""
    with house.transactions.read() as session:
        return tag(response, access.level_of(session, level_id))


@router.put("/levels/{level_id}")
def set_level(house: TheHouse, actor: Writer, level_id: Slug, level: LevelIn, told: ToldHere) -> AccessLevel:
    """Add an access level or change it."""
    _same(level_id, level.id)
    with house.transactions.work(actor) as work:
        return told.change(
            work,
            f"level:{level_id}",
            lambda: access.level_of(work.session, level_id),
            lambda: access.set_level(work, level),
        )


@router.delete("/levels/{level_id}", status_code=204)
def remove_level(house: TheHouse, actor: Writer, level_id: Slug) -> None:
    """Remove an access level that no card has."""
    with house.transactions.work(actor) as work:
        access.remove_level(work, level_id)


def _same(in_path: str, in_body: str) -> None:
    if in_path != in_body:
        raise Problem(Code.INVALID, f"The address says {in_path}, the body {in_body}.", fields={"id": "not the same"})
