"""The visitor's own page: their code, large, fetched anew every few minutes. No sign-in: the address is the pass."""

import segno
from fastapi import APIRouter
from fastapi.responses import Response

from server.pages.answers import page
from server.pages.console import TheConsole
from server.pages.live.live_views import point_name
from server.pages.visit import AnyVisit
from server.services.access import access
from server.services.problems import Problem
from server.services.visitors import visitor_passes

router = APIRouter(prefix="/visit")

FETCHED_AGAIN_S = 300
"""A third of what a code lives: whoever's line is away for a moment still has a good one."""


@router.get("/{link}")
def shown(visit: AnyVisit, console: TheConsole, link: str) -> Response:
    """Name, doors, hours and the code; or that the visit is over, or that a link was cut on its way."""
    sign, now = console.house.keystore.grants.sign, visit.now_ms
    with console.transactions.read() as session:
        try:
            row = visitor_passes.by_link(session, link)
        except Problem as problem:
            return page(visit, "visitor_page.html", status=problem.status, one=None, code="")
        lives = row.ended_ms is None and now < row.to_ms
        text = visitor_passes.code_of(session, row.number, sign, now) if lives else ""
        names = {point.id: point_name(point, visit.language) for point in access.points(session)}
    code = segno.make(text, error="m", micro=False).png_data_uri(scale=8, border=4) if text else ""
    doors = [names.get(point, point) for point in row.points]
    return page(visit, "visitor_page.html", one=row, code=code, doors=doors, again_s=FETCHED_AGAIN_S)
