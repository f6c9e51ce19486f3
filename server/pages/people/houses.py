"""Houses: the list, one house with its households, and a new one."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from server.pages.answers import go, is_part, page, part
from server.pages.console import Console, TheConsole
from server.pages.i18n import N_
from server.pages.visit import Needs, Visit, our_form
from server.pages.words import RELATIONS, TENURES
from server.services.people import households, houses
from server.services.people.households import Relation, Tenure
from server.services.problems import Code, Problem
from server.services.roles import Permission

router = APIRouter()

PAGE_ITEMS = 50
SEARCH_MAX_CHARS = 100

Reader = Annotated[Visit, Depends(Needs(Permission.HOLDERS_READ))]
Writer = Annotated[Visit, Depends(Needs(Permission.HOLDERS_WRITE))]
Text = Annotated[str, Form(max_length=200)]

SENTENCES: dict[Code, str] = {
    Code.INVALID: N_("Not a house as people say it here; for example 3-1-502."),
    Code.EXISTS: N_("This house is in the list already."),
}


@router.get("/houses")
def listing(request: Request, visit: Reader, console: TheConsole, q: str = "", after: str | None = None) -> Response:
    """The list; htmx asks for its rows alone while somebody types."""
    text = q.strip()[:SEARCH_MAX_CHARS]
    with console.transactions.read() as session:
        found = houses.listing(session, console.house.community, text, after=after, limit=PAGE_ITEMS)
        people = houses.people_of(session, [house.code for house in found.items])
    shown: dict[str, Any] = {"q": text, "found": found, "people": people}
    if is_part(request):
        return part(visit, "houses_rows.html", first=after is None, **shown)
    return page(visit, "houses.html", first=True, **shown)


@router.get("/houses/_new")
def new_house(visit: Writer) -> Response:
    """An empty form."""
    return _form(visit, "", "", "", 200)


@router.post("/houses/_new", dependencies=[Depends(our_form)])
def add_house(visit: Writer, console: TheConsole, code: Text = "", note: Text = "") -> Response:
    """Enter a house."""
    try:
        with console.transactions.work(visit.actor) as work:
            made = houses.add(work, console.house.community, code, note.strip())
    except Problem as problem:
        if problem.code not in SENTENCES:
            raise
        return _form(visit, code, note, visit.say(SENTENCES[problem.code]), 422)
    return go(f"/houses/{made.id}")


@router.get("/houses/{house_id}")
def house(visit: Reader, console: TheConsole, house_id: str) -> Response:
    """One house, who lives in it, and who did."""
    with console.transactions.read() as session:
        found = houses.get(session, house_id)
        lived = households.of_house(session, house_id)
    return page(visit, "house.html", house=found, households=lived, relations=RELATIONS, tenures=TENURES)


@router.post("/houses/{house_id}/households/{household_id}", dependencies=[Depends(our_form)])
async def describe(request: Request, visit: Writer, console: TheConsole, house_id: str, household_id: str) -> Response:
    """Say by what right they live there, and what each is."""
    form = await request.form()
    relations = {
        name.removeprefix("relation-"): Relation(str(value))
        for name, value in form.items()
        if name.startswith("relation-") and value in set(Relation)
    }
    tenure = Tenure(str(form.get("tenure", ""))) if form.get("tenure", "") in set(Tenure) else Tenure.UNKNOWN
    await run_in_threadpool(_describe, visit, console, household_id, tenure, relations)
    return go(f"/houses/{house_id}")


def _describe(
    visit: Visit, console: Console, household_id: str, tenure: Tenure, relations: dict[str, Relation]
) -> None:
    with console.transactions.work(visit.actor) as work:
        households.describe(work, household_id, tenure, relations)


def _form(visit: Visit, code: str, note: str, problem: str, status: int) -> Response:
    return page(visit, "house_form.html", status=status, code=code, note=note, problem=problem)
