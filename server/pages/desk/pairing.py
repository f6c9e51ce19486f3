"""Which desk stands before this browser: said once, by the code that the desk shows."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from server.pages.answers import go, page, set_cookie
from server.pages.console import TheConsole
from server.pages.i18n import N_
from server.pages.visit import DESK_COOKIE, Needs, Visit, our_form, safe_back
from server.services.desk.desks import DeskView
from server.services.roles import Permission

router = APIRouter()

Clerk = Annotated[Visit, Depends(Needs(Permission.CARDS_ISSUE))]


def desk_of(visit: Visit, desks: Sequence[DeskView]) -> str:
    """The desk to propose: the one that this browser was paired with; else the only one; else none."""
    names = [desk.name for desk in desks]
    if visit.desk in names:
        return visit.desk
    return names[0] if len(names) == 1 else ""


@router.get("/desk/pair")
async def ask(visit: Clerk, console: TheConsole, back: str = "/desk") -> Response:
    """A field for the code."""
    return _form(visit, console, safe_back(back), "", 200)


@router.post("/desk/pair", dependencies=[Depends(our_form)])
async def pair(
    visit: Clerk,
    console: TheConsole,
    code: Annotated[str, Form(max_length=16)] = "",
    back: Annotated[str, Form(max_length=500)] = "/desk",
) -> Response:
    """From now on this browser means that desk."""
    found = console.house.desks.paired(code.strip())
    if found is None:
        said = visit.say(N_("No desk shows this code now. It changes whenever a desk begins anew."), at="code")
        return _form(visit, console, safe_back(back), said, 422)
    answer = go(safe_back(back))
    set_cookie(answer, visit, DESK_COOKIE, found.name)
    return answer


def _form(visit: Visit, console: TheConsole, back: str, problem: str, status: int) -> Response:
    desks = console.house.desks.listing()
    return page(visit, "desk_pair.html", status=status, back=back, problem=problem, desks=desks, chosen=visit.desk)
