"""Alarms: acknowledged or handed up from the guard's page; and the list of all, for the next shift."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from server.pages.answers import go, is_part, page, part
from server.pages.console import TheConsole
from server.pages.live import alarm_views
from server.pages.visit import Needs, Visit, our_form
from server.services.access import access
from server.services.events import alarms
from server.services.gateways import gateways
from server.services.incidents import incidents
from server.services.incidents.incident_asked import SourceKind
from server.services.problems import Code, Problem
from server.services.roles import Permission

router = APIRouter()

PAGE_ITEMS = 50
NOTE_MAX_CHARS = 500

Reader = Annotated[Visit, Depends(Needs(Permission.LIVE_READ))]
Answerer = Annotated[Visit, Depends(Needs(Permission.ALARMS_ACKNOWLEDGE))]


@router.get("/alarms")
def listing(
    request: Request, visit: Reader, console: TheConsole, everything: bool = False, after: str | None = None
) -> Response:
    """Those that stand, or all with who saw to them."""
    with console.transactions.read() as session:
        found = alarms.listing(session, sight=visit.sight, standing=not everything, after=after, limit=PAGE_ITEMS)
        points = {point.id: point for point in access.points(session)}
        made_into = incidents.numbers_of(session, SourceKind.ALARM, [alarm.id for alarm in found.items])
        places = {box.id: box.place for box in gateways.listing(session)}
    rows = [
        (alarm, alarm_views.stack([alarm], points, places, visit.language, visit.now_ms).groups[0])
        for alarm in found.items
    ]
    shown: dict[str, Any] = {"rows": rows, "next": found.next, "everything": everything, "made_into": made_into}
    if is_part(request):
        return part(visit, "alarms_rows.html", first=after is None, **shown)
    return page(visit, "alarms.html", first=True, **shown)


@router.post("/alarms/answer", dependencies=[Depends(our_form)])
def answer(
    request: Request,
    visit: Answerer,
    console: TheConsole,
    how: Annotated[str, Form(max_length=16)] = "",
    ids: Annotated[str, Form(max_length=8000)] = "",
    note: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Acknowledge or forward some alarms; those that somebody else has acknowledged meanwhile are left alone."""
    step = {"acknowledge": alarms.acknowledge, "forward": alarms.forward}.get(how)
    wanted = ids.split()[: alarm_views.GROUP_MAX_IDS]
    if step is None or not wanted:
        raise Problem(Code.INVALID)
    for alarm_id in wanted:
        try:
            with console.transactions.work(visit.actor) as work:
                step(work, alarm_id, note=note.strip()[:NOTE_MAX_CHARS])
        except Problem as problem:
            if problem.code is not Code.WRONG_STATE:
                raise
    return Response(status_code=204) if is_part(request) else go("/live")
