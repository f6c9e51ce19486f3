"""Muster and occupancy: how many are inside, and for an evacuation who, and who is safe."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.pages.answers import is_part, page, part
from server.pages.console import TheConsole
from server.pages.i18n import N_, Language
from server.pages.live.live_views import point_name
from server.pages.visit import Needs, Visit
from server.services import audit
from server.services.access import access, occupancy
from server.services.access.occupancy import AreaView, Certainty, Muster
from server.services.roles import Permission

router = APIRouter()

AREA_MAX_CHARS = 63
CERTAINTIES = {
    Certainty.EXACT: "",
    Certainty.AT_LEAST: N_("at least"),
    Certainty.AT_MOST: N_("at most"),
    Certainty.ABOUT: N_("about"),
}

Reader = Annotated[Visit, Depends(Needs(Permission.MUSTER_READ))]


@router.get("/muster")
def muster(request: Request, visit: Reader, console: TheConsole, area: str = "") -> Response:
    """Every area, or one. Whoever opens the list is in the trail; what the page fetches anew by itself is not."""
    wanted = area[:AREA_MAX_CHARS] or None
    if not is_part(request):
        with console.transactions.work(visit.actor) as work:
            audit.record(work, "muster.read", f"area:{wanted}" if wanted else "areas")
    # The list takes a while where thousands pass: nobody who writes waits for it.
    with console.transactions.read() as session:
        found = occupancy.muster(session, visit.now_ms, visit.sight, wanted)
        points = {p.id: point_name(p, visit.language) for p in access.points(session)}
    answer = part if is_part(request) else page
    template = "muster_list.html" if is_part(request) else "muster.html"
    return answer(visit, template, **_shown(visit, found, points, wanted))


def _shown(visit: Visit, found: Muster, points: dict[str, str], wanted: str | None) -> dict[str, Any]:
    names = {view.area: _name(view, visit.language) for view in found.areas}
    return {"muster": found, "areas": names, "points": points, "wanted": wanted, "certainties": CERTAINTIES}


def _name(view: AreaView, language: Language) -> str:
    return view.name_en if language is Language.EN else view.name_zh
