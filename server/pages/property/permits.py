"""Parking permits and contractors' passes: lists with their forms."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from pydantic import ValidationError

from server.pages.answers import go, page
from server.pages.console import Console, TheConsole
from server.pages.i18n import N_, Language
from server.pages.live.live_views import point_name
from server.pages.said import Said, fields_of
from server.pages.visit import Needs, Visit, our_form
from server.services.access import access
from server.services.problems import Problem
from server.services.property import parking, passes
from server.services.property.parking import PermitIn, Taken
from server.services.property.passes import OPEN_KINDS, PassIn
from server.services.roles import Permission

router = APIRouter()

Worker = Annotated[Visit, Depends(Needs(Permission.PROPERTY_WORK))]
Granter = Annotated[Visit, Depends(Needs(Permission.PARKING_GRANT))]
Maker = Annotated[Visit, Depends(Needs(Permission.PASSES_MAKE))]
Text = Annotated[str, Form(max_length=200)]

PARKING_BLANK = {"plate": "", "house": "", "place": "", "from_day": "", "to_day": ""}
PASS_BLANK: Mapping[str, Any] = {
    "name": "",
    "company": "",
    "from_day": "",
    "to_day": "",
    "schedule": "",
    "points": (),
}
PARKING_SENTENCES = {
    "plate": N_("A plate has its province, a letter and five characters, or six of a car with new energy."),
    "place": N_("This place is given to another car in these days."),
    "to_day": N_("It cannot end before it begins."),
}
PLATE_TAKEN = N_("This plate already has a permit, from %(first)s to %(last)s.")
PASS_SENTENCES = {
    "name": N_("A pass needs the name of whoever carries it."),
    "company": N_("A pass needs the name of their company."),
    "from_day": N_("A pass needs its first day."),
    "to_day": N_("A pass is for at most a year and ends today or later."),
    "points": N_("Choose the doors and gates that the pass opens."),
    "schedule": N_("Choose the hours."),
}


@router.get("/parking")
def permits(visit: Worker, console: TheConsole, plate: str = "") -> Response:
    """Valid and coming ones; a guard asks by plate."""
    return _parking(visit, console, plate=plate[:20])


@router.post("/parking", dependencies=[Depends(our_form)])
def grant(
    visit: Granter,
    console: TheConsole,
    plate: Text = "",
    house: Text = "",
    place: Text = "",
    from_day: Text = "",
    to_day: Text = "",
) -> Response:
    """A new permit."""
    typed = {"plate": plate, "house": house.strip(), "place": place, "from_day": from_day, "to_day": to_day}
    try:
        with console.transactions.work(visit.actor) as work:
            parking.grant(work, PermitIn.model_validate(typed))
    except ValidationError as error:
        sentence = N_("A permit needs a plate, a house, and its first and last day.")
        return _parking(visit, console, visit.say(sentence, at=fields_of(error)), typed, 422)
    except Problem as problem:
        said = visit.say(_sentence(problem, PARKING_SENTENCES), at=fields_of(problem))
        if isinstance(problem, Taken) and "plate" in problem.fields:
            said = Said(visit.say(PLATE_TAKEN) % {"first": problem.by.from_day, "last": problem.by.to_day}, at="plate")
        return _parking(visit, console, said, typed, problem.status)
    return go("/parking")


@router.post("/parking/{number}/end", dependencies=[Depends(our_form)])
def end_permit(visit: Granter, console: TheConsole, number: int) -> Response:
    """It is valid no longer."""
    with console.transactions.work(visit.actor) as work:
        parking.end(work, number)
    return go("/parking")


@router.get("/passes")
def all_passes(visit: Maker, console: TheConsole) -> Response:
    """The newest first."""
    return _passes(visit, console)


@router.post("/passes", dependencies=[Depends(our_form)])
def make(
    visit: Maker,
    console: TheConsole,
    name: Text = "",
    company: Text = "",
    from_day: Text = "",
    to_day: Text = "",
    schedule: Text = "",
    points: Annotated[list[str], Form(max_length=64)] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """A pass; then the card is given at the desk."""
    typed: dict[str, Any] = {"name": name.strip(), "company": company.strip(), "from_day": from_day, "to_day": to_day}
    typed |= {"schedule": schedule, "points": frozenset(points)}
    try:
        given = PassIn.model_validate(typed)
        with console.transactions.work(visit.actor) as work:
            made = passes.make(work, console.house.community, given)
    except ValidationError as error:
        sentence = N_("A pass needs a name, a company, its doors, its hours, and its first and last day.")
        said = visit.tell(fields_of(error), PASS_SENTENCES, sentence)
        return _passes(visit, console, said, typed, 422)
    except Problem as problem:
        sentence = _sentence(problem, PASS_SENTENCES)
        return _passes(visit, console, visit.say(sentence, at=fields_of(problem)), typed, problem.status)
    return go(f"/desk?holder={made.holder_id}&pass={made.number}" if visit.may("cards.issue") else "/passes")


def _sentence(problem: Problem, sentences: Mapping[str, str]) -> str:
    """For the field that is wrong; a problem of something else is none of the form's."""
    found = next((sentences[field] for field in problem.fields if field in sentences), None)
    if found is None:
        raise problem
    return found


def _parking(
    visit: Visit,
    console: Console,
    problem: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
    *,
    plate: str = "",
) -> Response:
    with console.transactions.read() as session:
        found = parking.listing(session, visit.now_ms, plate=plate)
    shown = {"found": found, "problem": problem, "typed": typed or PARKING_BLANK, "plate": plate}
    return page(visit, "parking.html", status=status, **shown)


def _passes(
    visit: Visit, console: Console, problem: str = "", typed: Mapping[str, Any] | None = None, status: int = 200
) -> Response:
    english = visit.language is Language.EN
    with console.transactions.read() as session:
        found = passes.listing(session, visit.now_ms)
        points = [point for point in access.points(session) if point.kind in OPEN_KINDS]
        hours = access.schedules(session)
    shown = {
        "found": found,
        "problem": problem,
        "typed": typed or PASS_BLANK,
        "points": {point.id: point_name(point, visit.language) for point in points},
        "hours": {one.id: one.name_en if english else one.name_zh for one in hours},
    }
    return page(visit, "passes.html", status=status, **shown)
