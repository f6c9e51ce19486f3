"""Shift start and handover: what stands, who has the gates, what one guard tells the next."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from server.pages.answers import go, page
from server.pages.console import TheConsole
from server.pages.live.live_views import area_names, point_name
from server.pages.visit import Needs, Visit, our_form
from server.services.access import access, areas
from server.services.gateways import gateways
from server.services.problems import Code, Problem
from server.services.roles import Permission
from server.services.shifts import shifts
from server.services.shifts.shifts import NOTE_MAX_CHARS

router = APIRouter()

Guard = Annotated[Visit, Depends(Needs(Permission.ALARMS_ACKNOWLEDGE, Permission.COMMANDS_GIVE))]


@router.get("/shift")
def shift(visit: Guard, console: TheConsole) -> Response:
    """How things stand, and the shifts before this one."""
    with console.transactions.read() as session:
        shown: dict[str, Any] = {
            "mine": shifts.mine(session, visit.actor.name),
            "standing": shifts.standing(session, visit.sight),
            "shifts": shifts.latest(session),
            "boxes": {box.id: box.place or box.id for box in gateways.listing(session)},
            "points": {point.id: point_name(point, visit.language) for point in access.points(session)},
            "areas": area_names(areas.all_of(session), visit.language),
        }
    return page(visit, "shift.html", note_max=NOTE_MAX_CHARS, **shown)


@router.post("/shift/begin", dependencies=[Depends(our_form)])
def begin(visit: Guard, console: TheConsole) -> Response:
    """Take over; who has already goes on."""
    try:
        with console.transactions.work(visit.actor) as work:
            shifts.begin(work)
    except Problem as problem:
        if problem.code is not Code.WRONG_STATE:
            raise
    return go("/live")


@router.post("/shift/end", dependencies=[Depends(our_form)])
def hand_over(visit: Guard, console: TheConsole, note: Annotated[str, Form(max_length=2000)] = "") -> Response:
    """Hand over; a form that is sent twice ends one shift."""
    said = " ".join(note.split())[:NOTE_MAX_CHARS]
    try:
        with console.transactions.work(visit.actor) as work:
            shifts.hand_over(work, said)
    except Problem as problem:
        if problem.code is not Code.WRONG_STATE:
            raise
    return go("/shift")
