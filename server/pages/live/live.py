"""The guard's page and the live stream behind it."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response, StreamingResponse

from server.pages.answers import page, part
from server.pages.console import TheConsole
from server.pages.i18n import Language
from server.pages.live import frames
from server.pages.live.hub import Listener
from server.pages.visit import AnyVisit, Needs, Visit
from server.services.roles import Permission
from server.services.shifts import shifts

router = APIRouter()

Guarded = Annotated[Visit, Depends(Needs(Permission.LIVE_READ))]


@router.get("/live")
def live(visit: Guarded, console: TheConsole) -> Response:
    """Tiles and feed."""
    place = console.hub.position()
    may_watch = visit.may(Permission.ALARMS_ACKNOWLEDGE) and visit.may(Permission.COMMANDS_GIVE)
    shift = None
    if may_watch:
        with console.transactions.read() as session:
            shift = shifts.mine(session, visit.actor.name)
    board = console.board.view(visit.language, visit.role)
    return page(visit, "live.html", board=board, live_after=place, may_watch=may_watch, shift=shift)


@router.get("/live/panel")
def panel(visit: Guarded, console: TheConsole) -> Response:
    """The same without its frame, for a page that has missed frames."""
    return part(visit, "live_panel.html", board=console.board.view(visit.language, visit.role))


@router.get("/live/stream")
async def stream(visit: AnyVisit, console: TheConsole, language: Language, after: str = "") -> Response:
    """Server-sent events of everything that the user may hear. A session that has ended hears `bye`."""
    if visit.user is None or visit.user.must_change:
        return _events(_one(frames.BYE))
    listener = console.hub.listen(
        frozenset({visit.role.value}), language, visit.session_key, after or None, user=visit.user.user_id
    )
    if listener is None:
        return Response(status_code=503)
    return _events(_until_gone(console, listener))


async def _until_gone(console: TheConsole, listener: Listener) -> AsyncIterator[bytes]:
    try:
        async for chunk in listener.stream():
            yield chunk
    finally:
        console.hub.leave(listener)


async def _one(chunk: bytes) -> AsyncIterator[bytes]:
    yield chunk


def _events(chunks: AsyncIterator[bytes]) -> Response:
    # Proxies would otherwise collect the stream before they pass it on.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(chunks, media_type="text/event-stream", headers=headers)
