"""When: schedules on a week grid, and the community's calendar with holidays and make-up workdays."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import ValidationError

from card_protocol.words.schedule import Calendar, Schedule
from server.pages.access.rights import NEW, free_name, preview
from server.pages.access.week import DAYS, cells, kinds, parsed, written
from server.pages.answers import go, page
from server.pages.console import Console, TheConsole
from server.pages.i18n import N_
from server.pages.said import fields_of
from server.pages.visit import Needs, Visit, our_form
from server.services.access import access
from server.services.access.effect import effect
from server.services.access.what_if import Change
from server.services.problems import not_found
from server.services.roles import Permission

router = APIRouter()

SPAN_MAX_DAYS = 40

Reader = Annotated[Visit, Depends(Needs(Permission.ACCESS_READ))]
Writer = Annotated[Visit, Depends(Needs(Permission.ACCESS_WRITE))]
Text = Annotated[str, Form(max_length=200)]

NAME_PROBLEM = N_("Give it a name in both languages.")
HOURS_PROBLEM = N_(
    "Hours are written like 06:00-09:00, 17:00-22:00; midnight at the end is 24:00. A night is two: 22:00-24:00 on one"
    " day, 00:00-06:00 on the next."
)
DAYS_PROBLEM = N_("Choose a first and a last day, at most 40 days apart.")


@router.get("/access/hours/{schedule_id}")
def schedule_form(visit: Writer, console: TheConsole, schedule_id: str) -> Response:
    """A schedule, to be changed; `_new` for another one."""
    with console.transactions.read() as session:
        known = {one.id: one for one in access.schedules(session)}
    if schedule_id != NEW and schedule_id not in known:
        raise not_found("schedule", schedule_id)
    word = known.get(schedule_id)
    texts = [written(word.intervals, day) if word else "" for day in kinds()]
    names = (word.name_zh, word.name_en) if word else ("", "")
    return _form(visit, schedule_id, names, texts, {}, "", 200)


@router.post("/access/hours/{schedule_id}", dependencies=[Depends(our_form)])
async def save_schedule(request: Request, visit: Writer, console: TheConsole, schedule_id: str) -> Response:
    """First what it does to people, then save it."""
    form = await request.form()
    fields = {name: str(value)[:200] for name, value in form.items()}
    return await run_in_threadpool(_save, visit, console, schedule_id, fields)


def _save(visit: Visit, console: Console, schedule_id: str, fields: dict[str, str]) -> Response:
    texts = [fields.get(f"day-{day}", "") for day in kinds()]
    names = (fields.get("name_zh", "").strip(), fields.get("name_en", "").strip())
    intervals = []
    wrong: dict[int, str] = {}
    for day, text in enumerate(texts):
        try:
            intervals += parsed(text, day)
        except ValueError:
            wrong[day] = visit.say(HOURS_PROBLEM)
    if wrong or not all(names):
        return _form(
            visit, schedule_id, names, texts, wrong, "" if all(names) else visit.say(NAME_PROBLEM, _unnamed(names)), 422
        )
    with console.transactions.read() as session:
        taken = [one.id for one in access.schedules(session)]
    name = schedule_id if schedule_id != NEW else free_name("hours", taken)
    try:
        word = Schedule(id=name, name_zh=names[0], name_en=names[1], intervals=tuple(intervals))
    except ValidationError as error:
        return _form(visit, schedule_id, names, texts, wrong, visit.say(NAME_PROBLEM, fields_of(error)), 422)
    if fields.get("sure") == "true":
        with console.transactions.work(visit.actor) as work:
            access.set_schedule(work, word)
        return go("/access")
    with console.transactions.read() as session:
        change = Change(schedules=[word.model_dump(mode="json")])
        told = effect(session, console.house.community, change, visit.now_ms)
    hidden = [("name_zh", names[0]), ("name_en", names[1]), *((f"day-{day}", text) for day, text in enumerate(texts))]
    return preview(visit, console, f"/access/hours/{schedule_id}", hidden, told)


@router.get("/access/calendar")
def calendar(visit: Reader, console: TheConsole) -> Response:
    """Holidays and make-up workdays."""
    return _calendar(visit, console, "", 200)


@router.post("/access/calendar", dependencies=[Depends(our_form)])
def save_calendar(
    visit: Writer,
    console: TheConsole,
    kind: Text = "",
    first: Text = "",
    last: Text = "",
    remove: Annotated[list[str], Form(max_length=5000)] = [],  # noqa: B006 - FastAPI copies it
    sure: Annotated[bool, Form()] = False,
) -> Response:
    """Add a span of days or take days out: first what it does to people, then save it."""
    try:
        added = _span(first, last) if first or last or not remove else []
    except ValueError:
        return _calendar(visit, console, visit.say(DAYS_PROBLEM, at=("first", "last")), 422, (kind, first, last))
    with console.transactions.read() as session:
        word = _changed(access.calendar_of(session), kind, added, frozenset(remove))
        if not sure:
            told = effect(session, console.house.community, Change(calendar=word.model_dump(mode="json")), visit.now_ms)
    if sure:
        with console.transactions.work(visit.actor) as work:
            access.set_calendar(work, word)
        return go("/access/calendar")
    hidden = [("kind", kind), ("first", first), ("last", last), *(("remove", day) for day in remove)]
    return preview(visit, console, "/access/calendar", hidden, told)


def _unnamed(names: tuple[str, str]) -> list[str]:
    return [field for field, name in zip(("name_zh", "name_en"), names, strict=True) if not name]


def _span(first: str, last: str) -> list[str]:
    begin = date.fromisoformat(first)
    end = date.fromisoformat(last or first)
    if not 0 <= (end - begin).days < SPAN_MAX_DAYS:
        raise ValueError(last)
    return [(begin + timedelta(days=number)).isoformat() for number in range((end - begin).days + 1)]


def _changed(before: Calendar, kind: str, added: list[str], removed: frozenset[str]) -> Calendar:
    holidays, workdays = before.holidays - removed, before.workdays - removed
    fresh = frozenset(added)
    if kind == "workday":
        return Calendar(holidays=holidays - fresh, workdays=workdays | fresh)
    return Calendar(holidays=holidays | fresh, workdays=workdays - fresh)


def _calendar(
    visit: Visit, console: Console, problem: str, status: int, typed: tuple[str, str, str] = ("", "", "")
) -> Response:
    with console.transactions.read() as session:
        word = access.calendar_of(session)
    days = sorted([(day, "holiday") for day in word.holidays] + [(day, "workday") for day in word.workdays])
    named = [(day, kind, DAYS[date.fromisoformat(day).weekday()]) for day, kind in days]
    return page(visit, "access_calendar.html", status=status, days=named, problem=problem, typed=typed)


def _form(
    visit: Visit,
    schedule_id: str,
    names: tuple[str, str],
    texts: list[str],
    wrong: dict[int, str],
    problem: str,
    status: int,
) -> Response:
    rows: list[dict[str, Any]] = []
    for day, text in enumerate(texts):
        try:
            shown = cells(parsed(text, day), day)
        except ValueError:
            shown = cells([], day)
        rows.append({"day": day, "name": DAYS[day], "text": text, "cells": shown, "problem": wrong.get(day, "")})
    return page(
        visit, "access_hours.html", status=status, schedule_id=schedule_id, names=names, rows=rows, problem=problem
    )
