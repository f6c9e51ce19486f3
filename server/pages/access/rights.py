"""Who may go where and when: the matrix, access levels, and why somebody cannot enter."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import Response
from pydantic import ValidationError
from sqlmodel import Session

from card_protocol.policy.rules import AccessLevel
from card_protocol.words.schedule import Schedule
from server.pages.answers import go, page
from server.pages.console import Console, TheConsole
from server.pages.forms import TIME_PROBLEM, moment_of
from server.pages.i18n import N_, Language
from server.pages.live.live_views import level_names, point_name
from server.pages.said import fields_of
from server.pages.visit import Needs, Visit, our_form
from server.services.access import access
from server.services.access.access import LevelIn
from server.services.access.effect import Effect, effect
from server.services.access.explanation import Explanation, explain
from server.services.access.what_if import Change
from server.services.cards import cards
from server.services.cards.cards import CardView
from server.services.people import holders
from server.services.problems import Code, Problem
from server.services.roles import Permission

router = APIRouter()

FOUND_PEOPLE = 6
MAX_CARDS = 10
SEARCH_MAX_CHARS = 100
HOUR_MS = 3_600_000
NEW = "_new"

Reader = Annotated[Visit, Depends(Needs(Permission.ACCESS_READ))]
Writer = Annotated[Visit, Depends(Needs(Permission.ACCESS_WRITE))]
Asker = Annotated[Visit, Depends(Needs(Permission.ACCESS_READ, Permission.CARDS_READ, Permission.HOLDERS_READ))]
Text = Annotated[str, Form(max_length=200)]
Query100 = Annotated[str, Query(max_length=SEARCH_MAX_CHARS)]


@router.get("/access")
def matrix(visit: Reader, console: TheConsole) -> Response:
    """Who (rows), where (columns), when (cells)."""
    with console.transactions.read() as session:
        levels, points = access.levels(session), access.points(session)
        schedules = access.schedules(session)
        holding = access.people_by_level(session)
        calendar = access.calendar_of(session)
    return page(
        visit,
        "access.html",
        levels=levels,
        level_names=level_names(levels, visit.language),
        points=[(point, point_name(point, visit.language)) for point in points],
        schedules=schedules,
        hours=names_of(schedules, visit.language),
        holding=holding,
        counted=access.COUNTED_CARDS,
        holidays=len(calendar.holidays),
        workdays=len(calendar.workdays),
    )


@router.get("/access/why")
def why(
    visit: Asker,
    console: TheConsole,
    q: Query100 = "",
    point: Annotated[str, Query(max_length=63)] = "",
    at: Query100 = "",
) -> Response:
    """Why can't they enter? Everybody whom the text finds, with each card, asked of the one decider."""
    at_ms, problem, told = visit.now_ms, "", []
    if at:
        try:
            at_ms = moment_of(at)
        except ValueError:
            problem = visit.say(TIME_PROBLEM, at="at")
    with console.transactions.read() as session:
        points = access.points(session)
        names = level_names(access.levels(session), visit.language)
        people = holders.search(session, q, limit=FOUND_PEOPLE).items if q.strip() else []
        if point in {one.id for one in points} and not problem:
            told = [(person, _judged(session, console.house.community, person.id, point, at_ms)) for person in people]
    return page(
        visit,
        "access_why.html",
        q=q,
        point=point,
        at=at,
        points=[(one.id, point_name(one, visit.language)) for one in points],
        told=told,
        level_names=names,
        problem=problem,
    )


@router.get("/access/levels/{level_id}")
def level_form(visit: Writer, console: TheConsole, level_id: str) -> Response:
    """An access level, to be changed; `_new` for another one."""
    with console.transactions.read() as session:
        values = _values_of(access.level_of(session, level_id)) if level_id != NEW else _nothing()
    return _form(visit, console, level_id, values, "", 200)


@router.post("/access/levels/{level_id}", dependencies=[Depends(our_form)])
def save_level(
    visit: Writer,
    console: TheConsole,
    level_id: str,
    name_zh: Text = "",
    name_en: Text = "",
    schedule: Text = "",
    points: Annotated[list[str], Form(max_length=64)] = [],  # noqa: B006 - FastAPI copies it
    offline_hours: Text = "",
    sure: Annotated[bool, Form()] = False,
) -> Response:
    """First what it does to people, then, when somebody is sure, save it."""
    values: dict[str, Any] = {
        "name_zh": name_zh.strip(),
        "name_en": name_en.strip(),
        "schedule": schedule,
        "points": points,
        "offline_hours": offline_hours.strip(),
    }
    with console.transactions.read() as session:
        name = level_id if level_id != NEW else free_name("level", [one.id for one in access.levels(session)])
        floors = access.level_of(session, level_id).floors if level_id != NEW else frozenset()
    try:
        entered = _entered(name, values, floors)
        if sure:
            with console.transactions.work(visit.actor) as work:
                access.set_level(work, entered)
            return go("/access")
        change = Change(levels=[entered.model_dump(mode="json", exclude_none=True) | {"points": sorted(points)}])
        with console.transactions.read() as session:
            told = effect(session, console.house.community, change, visit.now_ms)
    except (ValidationError, ValueError, Problem) as error:
        if isinstance(error, Problem) and error.code is not Code.INVALID:
            raise
        at = fields_of(error, max_offline_ms="offline_hours") or ("offline_hours",)
        return _form(visit, console, level_id, values, visit.say(FORM_PROBLEM, at), 422)
    hidden = [(k, v) for k, v in values.items() if k != "points"] + [("points", one) for one in points]
    return preview(visit, console, f"/access/levels/{level_id}", hidden, told)


@router.post("/access/levels/{level_id}/remove", dependencies=[Depends(our_form)])
def remove_level(visit: Writer, console: TheConsole, level_id: str) -> Response:
    """Remove a level that nobody has."""
    try:
        with console.transactions.work(visit.actor) as work:
            access.remove_level(work, level_id)
    except Problem as problem:
        if problem.code is not Code.IN_USE:
            raise
        with console.transactions.read() as session:
            values = _values_of(access.level_of(session, level_id))
        sentence = visit.say(N_("Cards still have this access level. Take it from them first."))
        return _form(visit, console, level_id, values, sentence, 409)
    return go("/access")


FORM_PROBLEM = N_(
    "Give it a name in both languages, choose its hours, and write hours without a point as a whole number."
)


def preview(visit: Visit, console: Console, action: str, hidden: list[tuple[str, str]], told: Effect) -> Response:
    """What a change does to people, with a button that saves it."""
    with console.transactions.read() as session:
        names = {point.id: point_name(point, visit.language) for point in access.points(session)}
    return page(visit, "access_effect.html", action=action, hidden=hidden, effect=told, places=names)


def names_of(schedules: list[Schedule], language: Language) -> dict[str, str]:
    """Schedule -> its name in a language."""
    return {one.id: one.name_en if language is Language.EN else one.name_zh for one in schedules}


def free_name(stem: str, taken: list[str]) -> str:
    """level-1, level-2 …: the first that nothing has."""
    used = {int(found[1]) for name in taken if (found := re.fullmatch(rf"{stem}-(\d{{1,9}})", name))}
    return f"{stem}-{max(used, default=0) + 1}"


def _judged(
    session: Session, community: str, holder_id: str, point: str, at_ms: int
) -> list[tuple[CardView, Explanation]]:
    held = cards.listing(session, holder_id=holder_id, limit=MAX_CARDS).items
    return [(card, explain(session, community, card.id, point, at_ms)) for card in held]


def _nothing() -> dict[str, Any]:
    return {"name_zh": "", "name_en": "", "schedule": "", "points": [], "offline_hours": ""}


def _values_of(level: AccessLevel) -> dict[str, Any]:
    hours = "" if level.max_offline_ms is None else str(level.max_offline_ms // HOUR_MS)
    return {
        "name_zh": level.name_zh,
        "name_en": level.name_en,
        "schedule": level.schedule,
        "points": sorted(level.points),
        "offline_hours": hours,
    }


def _entered(name: str, values: dict[str, Any], floors: frozenset[int]) -> LevelIn:
    hours = values["offline_hours"]
    return LevelIn.model_validate(
        {
            "id": name,
            "name_zh": values["name_zh"],
            "name_en": values["name_en"],
            "schedule": values["schedule"],
            "points": frozenset(values["points"]),
            "floors": floors,
            "max_offline_ms": int(hours) * HOUR_MS if hours else None,
        }
    )


def _form(visit: Visit, console: Console, level_id: str, values: dict[str, Any], problem: str, status: int) -> Response:
    with console.transactions.read() as session:
        points, schedules = access.points(session), access.schedules(session)
        held = access.people_by_level(session).get(level_id, 0)
    return page(
        visit,
        "access_level.html",
        status=status,
        level_id=level_id,
        values=values,
        points=[(point, point_name(point, visit.language)) for point in points],
        hours=names_of(schedules, visit.language),
        held=held,
        problem=problem,
    )
