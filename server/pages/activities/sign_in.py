"""The sign-in, full screen beside the door: who has just come, how many are still needed, and names for those
without a card."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from server.pages.activities.activity_words import MARKS
from server.pages.answers import go, is_part, page, part
from server.pages.console import Console, TheConsole
from server.pages.i18n import N_
from server.pages.visit import Needs, Visit, our_form
from server.services.activities import activities, attendance
from server.services.activities.asked import PersonView
from server.services.activities.attendance import NoConsent
from server.services.activities.quorum import Mark
from server.services.people import holders
from server.services.problems import Code, Problem
from server.services.roles import Permission

router = APIRouter()

SHOWN_NEWEST = 5
ASKED = frozenset({Mark.INVITED, Mark.EXCUSED, Mark.EXEMPT, Mark.STRUCK})

Worker = Annotated[Visit, Depends(Needs(Permission.ACTIVITIES_WORK))]
Short = Annotated[str, Form(max_length=64)]

OVER = N_("It is over: nobody can sign in any more.")


@router.get("/activities/{number}/sign-in")
def screen(request: Request, visit: Worker, console: TheConsole, number: int) -> Response:
    """Large enough to be read by whoever stands in front of it."""
    if is_part(request):
        return part(visit, "activity_screen_list.html", **_shown(visit, console, number))
    return _page(visit, console, number, "", "", 200)


@router.post("/activities/{number}/sign-in", dependencies=[Depends(our_form)])
def by_name(visit: Worker, console: TheConsole, number: int, holder: Short = "", agrees: Short = "") -> Response:
    """Somebody who sees the person ticks them off; who has not consented to being noted is asked once."""
    try:
        with console.transactions.work(visit.actor) as work:
            attendance.sign_by_name(work, number, holder, consents_now=bool(agrees))
    except NoConsent:
        return _page(visit, console, number, "", holder, 409)
    except Problem as problem:
        if problem.code is Code.NOT_FOUND:
            raise
        return _page(visit, console, number, visit.say(OVER), "", problem.status)
    return go(f"/activities/{number}/sign-in")


def _page(visit: Visit, console: Console, number: int, problem: str, asked: str, status: int) -> Response:
    place = console.hub.position()
    shown = _shown(visit, console, number)
    with console.transactions.read() as session:
        person = holders.get(session, asked) if asked else None
    return page(visit, "activity_screen.html", status=status, live_after=place, problem=problem, asked=person, **shown)


def _shown(visit: Visit, console: Console, number: int) -> dict[str, Any]:
    with console.transactions.read() as session:
        file = activities.get(session, visit.actor, number)
    came = [one for one in file.people if one.at_ms is not None and one.mark in (Mark.PRESENT, Mark.GUEST)]
    return {"one": file.activity, "newest": came[:SHOWN_NEWEST], "missing": _missing(file.people), "marks": MARKS}


def _missing(people: list[PersonView]) -> list[PersonView]:
    return sorted((one for one in people if one.mark in ASKED), key=lambda one: (one.name, one.holder_id))
