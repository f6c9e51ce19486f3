"""Incidents: the board, one incident with its history and what the reader may do now, and its file to print."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from pydantic import ValidationError
from sqlmodel import Session

from card_protocol.words import division
from server.pages.answers import go, is_part, page, part
from server.pages.console import Console, TheConsole
from server.pages.i18n import N_, Language
from server.pages.incidents.incident_words import (
    MATTERS,
    REFUSALS,
    REFUSED_AT,
    REPORTED,
    STATES,
    STEPS,
    TIERS,
    URGENCIES,
    clock_of,
)
from server.pages.incidents.rosters import BODIES
from server.pages.live.live_views import point_name
from server.pages.said import fields_of
from server.pages.visit import Needs, Visit, our_form
from server.services.access import access
from server.services.incidents import incident_search, incident_views, incidents
from server.services.incidents.incident_asked import DeedIn
from server.services.incidents.incident_search import IncidentFilter
from server.services.incidents.incident_words import BY_ITSELF, OPEN, Action, Matter, State
from server.services.incidents.incidents import IncidentFile, Refused
from server.services.problems import not_found
from server.services.roles import Permission
from server.services.units import rosters

router = APIRouter()

PAGE_ITEMS = 50
ASKED_ITEMS = 5
OVER = "over"
LATE = "late"
BLANK = {"action": "", "why": "", "unit": "", "person": "", "into": ""}
"""What a form of a deed has before somebody types."""

Reader = Annotated[Visit, Depends(Needs(Permission.INCIDENTS_READ))]
Handler = Annotated[Visit, Depends(Needs(Permission.INCIDENTS_HANDLE))]
Text = Annotated[str, Form(max_length=4000)]
Number = Annotated[str, Form(max_length=20)]


@router.get("/incidents")
def board(
    request: Request,
    visit: Reader,
    console: TheConsole,
    show: str = "",
    matter: str = "",
    unit: str = "",
    q: str = "",
    after: str | None = None,
) -> Response:
    """Open ones by their clock; how many stand where; htmx asks for the rows alone."""
    place = console.hub.position()
    which = _which(show, matter, unit, q)
    with console.transactions.read() as session:
        viewer = incident_views.viewer_of(session, visit.actor, console.house.community)
        found = incident_search.listing(session, viewer, which, visit.now_ms, after=after, limit=PAGE_ITEMS)
        counts = incident_search.counts(session, viewer, visit.now_ms)
        names = incident_views.names_of(session, found.items)
        shown = _words(session, visit)
    shown |= {"found": found, "names": names, "counts": counts, "show": show, "which": which, "unit": which.unit or ""}
    shown |= {"clocks_of": {one.number: clock_of(one.due_ms, visit.now_ms, visit.language) for one in found.items}}
    query = {"show": show, "matter": which.matter.value if which.matter else "", "unit": which.unit or "", "q": which.q}
    if is_part(request):
        return part(visit, "incidents_rows.html", first=after is None, query=query, **shown)
    return page(visit, "incidents.html", first=True, query=query, live_after=place, open_states=_open(), **shown)


@router.get("/incidents/{number}")
def incident(visit: Reader, console: TheConsole, number: int) -> Response:
    """One, with everything that the reader may do with it now."""
    return page_of(visit, console, number)


@router.get("/incidents/{number}/file")
def file(visit: Reader, console: TheConsole, number: int) -> Response:
    """Everything about it on paper."""
    with console.transactions.read() as session:
        found = _file(session, visit, console, number)
        names = incident_views.names_of(session, [found.incident])
        shown = _words(session, visit)
    return page(visit, "incident_file.html", file=found, names=names, at_ms=visit.now_ms, **shown)


@router.post("/incidents/{number}/{action}", dependencies=[Depends(our_form)])
def do(
    visit: Handler,
    console: TheConsole,
    number: int,
    action: str,
    why: Text = "",
    unit: Text = "",
    person: Text = "",
    into: Number = "",
    turn: Number = "",
) -> Response:
    """Do it; what cannot be done is told on the page, with everything that was typed."""
    if action not in set(Action) - BY_ITSELF:
        raise not_found("action", action)
    typed = {"action": action, "why": why, "unit": unit, "person": person, "into": into}
    try:
        asked = DeedIn(why=why, unit=unit, person=person, into=_number(into), turn=_number(turn))
    except ValidationError as error:
        sentence = N_("Something was too long, or has characters that no text has.")
        return page_of(visit, console, number, visit.say(sentence, at=fields_of(error)), typed, 422)
    try:
        with console.transactions.work(visit.actor) as work:
            incidents.do(work, console.house.community, number, Action(action), asked)
    except Refused as refused:
        said = visit.say(REFUSALS[refused.no], at=REFUSED_AT.get(refused.no, ()))
        return page_of(visit, console, number, said, typed, refused.status)
    return go(f"/incidents/{number}")


def page_of(
    visit: Visit,
    console: Console,
    number: int,
    problem: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The page of one, with what could not be done and what was typed."""
    home = console.house.community
    with console.transactions.read() as session:
        found = _file(session, visit, console, number)
        one = found.incident
        viewer = incident_views.viewer_of(session, visit.actor, home)
        same = []
        if one.state in OPEN and not one.veiled:
            same = incident_search.likely_same(
                session, viewer, one.title, one.point, one.house, visit.now_ms, but=number
            )
            same = [other for other in same if not (one.holder_id and other.holder_id not in (None, one.holder_id))]
        names = incident_views.names_of(session, [one, *same])
        shown = _words(session, visit)
        people = incident_views.people_of(session, one.unit)
        asked = [] if one.veiled else rosters.for_incident(session, one.matter, one.house, visit.now_ms)[:ASKED_ITEMS]
        alive = incident_views.units_of(session, home).alive
    level = division.level_of(one.unit)
    beside = [code for code in sorted(alive) if division.level_of(code) is level and code != one.unit]
    people = list(dict.fromkeys([*(post.user_name or post.name for post in asked), *people]))
    shown |= {"asked": asked if one.unit == home else [], "bodies": BODIES}
    shown |= {"file": found, "names": names, "same": same, "people": people, "beside": beside, "problem": problem}
    shown |= {"typed": typed or BLANK, "blank": BLANK, "clock": clock_of(one.due_ms, visit.now_ms, visit.language)}
    return page(visit, "incident.html", status=status, **shown)


def _file(session: Session, visit: Visit, console: Console, number: int) -> IncidentFile:
    viewer = incident_views.viewer_of(session, visit.actor, console.house.community)
    return incidents.get(session, viewer, console.house.community, number)


def _words(session: Session, visit: Visit) -> dict[str, Any]:
    """What every page of incidents needs to speak."""
    english = visit.language is Language.EN
    names = incident_views.unit_names(session)
    return {
        "unit_names": {code: pair[1] if english else pair[0] for code, pair in names.items()},
        "point_names": {point.id: point_name(point, visit.language) for point in access.points(session)},
        "states": STATES,
        "steps": STEPS,
        "reported": REPORTED,
        "tiers": TIERS,
        "matters": MATTERS,
        "urgencies": URGENCIES,
    }


def _which(show: str, matter: str, unit: str, q: str) -> IncidentFilter:
    """What was chosen; nonsense is nothing chosen."""
    return IncidentFilter(
        state=State(show) if show in set(State) else None,
        over=show == OVER,
        overdue=show == LATE,
        matter=Matter(matter) if matter in set(Matter) else None,
        unit=unit if unit.isdigit() and len(unit) == division.CODE_DIGITS else None,
        q="".join(character for character in q if character.isprintable())[:100],
    )


def _open() -> list[State]:
    return [state for state in State if state in OPEN]


def _number(text: str) -> int | None:
    digits = text.strip().lstrip("#")
    return int(digits) if digits.isascii() and digits.isdigit() and 0 < int(digits) < 2**31 else None
