"""Pictures of an incident: added with a word on them, shown to whoever reads it in full."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, UploadFile
from fastapi.responses import Response

from server.pages.answers import go
from server.pages.console import TheConsole
from server.pages.forms import UPLOAD_MAX_BYTES
from server.pages.i18n import N_
from server.pages.incidents.incident_words import REFUSALS
from server.pages.incidents.incidents import Handler, Reader, page_of
from server.pages.visit import our_form
from server.services.incidents import evidence, incident_views
from server.services.incidents.incidents import Refused
from server.services.people.photos import PHOTO_MAX_BYTES
from server.services.problems import Code, Problem

router = APIRouter()

Word = Annotated[str, Form(max_length=1000)]

PROBLEM = N_("Say what is to be seen; a picture is a JPEG of at most 400 kB, and an incident has at most 12.")


@router.post("/incidents/{number}/_photo", dependencies=[Depends(our_form)], max_body_size=UPLOAD_MAX_BYTES)
def add(visit: Handler, console: TheConsole, number: int, file: UploadFile, why: Word = "") -> Response:
    """Keep it; the browser has made it small already."""
    data = file.file.read(PHOTO_MAX_BYTES + 1)
    try:
        with console.transactions.work(visit.actor) as work:
            evidence.add(work, console.house.community, number, data, why)
    except Refused as refused:
        return page_of(visit, console, number, visit.say(REFUSALS[refused.no]), status=refused.status)
    except Problem as problem:
        if problem.code not in (Code.INVALID, Code.TOO_MANY):
            raise
        return page_of(visit, console, number, visit.say(PROBLEM), status=problem.status)
    return go(f"/incidents/{number}")


@router.get("/incidents/{number}/photos/{turn}")
def photo(visit: Reader, console: TheConsole, number: int, turn: int) -> Response:
    """The picture of a step."""
    home = console.house.community
    with console.transactions.read() as session:
        viewer = incident_views.viewer_of(session, visit.actor, home)
        data = evidence.photo(session, viewer, home, number, turn)
    return Response(data, media_type="image/jpeg")
