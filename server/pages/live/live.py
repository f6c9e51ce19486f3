"""The guard's page and the live stream behind it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from server.pages.answers import page, part
from server.pages.console import TheConsole
from server.pages.i18n import Language
from server.pages.live import frames, orders
from server.pages.live.stream import HEADERS, LiveStream
from server.pages.visit import AnyVisit, Needs, Visit
from server.pages.visitors import gate_house
from server.services.access import access
from server.services.roles import Permission
from server.services.shifts import shifts

router = APIRouter()

Guarded = Annotated[Visit, Depends(Needs(Permission.LIVE_READ))]


@router.get("/live")
def live(request: Request, visit: Guarded, console: TheConsole, ordered: str = "", at: str = "") -> Response:
    """Tiles and feed; for who lets visitors in, the field of the gate house's scanner.

    `ordered` `at` a point: what the form of orders has just sent off.
    """
    place = console.hub.position()
    may_watch = visit.may(Permission.ALARMS_ACKNOWLEDGE) and visit.may(Permission.COMMANDS_GIVE)
    shift = None
    if may_watch:
        with console.transactions.read() as session:
            shift = shifts.mine(session, visit.actor.name)
    gates: dict[str, str] = {}
    if visit.may(Permission.VISITORS_WRITE):
        with console.transactions.read() as session:
            gates = gate_house.gates(visit, access.points(session))
    given = None
    if ordered and visit.may(Permission.COMMANDS_GIVE):
        with console.transactions.read() as session:
            given = orders.ordered(access.points(session), ordered, at, visit.language)
    gate = request.cookies.get(gate_house.GATE_COOKIE, "")
    board = console.board.view(visit.language, visit.role)
    shown: dict[str, Any] = {"may_watch": may_watch, "shift": shift, "gates": gates, "gate": gate, "ordered": given}
    return page(visit, "live.html", board=board, live_after=place, **shown)


@router.get("/live/panel")
def panel(visit: Guarded, console: TheConsole) -> Response:
    """The same without its frame, for a page that has missed frames."""
    return part(visit, "live_panel.html", board=console.board.view(visit.language, visit.role))


@router.get("/live/stream")
async def stream(visit: AnyVisit, console: TheConsole, language: Language, after: str = "") -> Response:
    """Server-sent events of everything that the user may hear. A session that has ended hears `bye`."""
    if visit.user is None or visit.user.must_change:
        return Response(frames.BYE, media_type="text/event-stream", headers=HEADERS)
    listener = console.hub.listen(
        frozenset({visit.role.value}), language, visit.session_key, after or None, user=visit.user.user_id
    )
    return Response(status_code=503) if listener is None else LiveStream(console.hub, listener)
