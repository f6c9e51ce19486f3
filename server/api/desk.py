"""/desks, and the WebSocket over which a desk relays APDUs (card_protocol.wire.desk)."""

import asyncio
from contextlib import suppress
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

from card_protocol.wire.desk import FROM_DESK, Apdu, Hello, Show
from server.api.entry import DEFAULT_LIMIT, After, Limit, Needs, TheHouse, actor_of, house_of
from server.services.desk.desks import DeskView, Send
from server.services.paging import Page, part
from server.services.problems import Problem
from server.services.roles import Permission, may
from server.services.work import Actor

HELLO_TIMEOUT_S = 10.0
CLOSE_POLICY = 1008
"""RFC 6455 § 7.4.1: the peer did what it may not do."""
CLOSE_MALFORMED = 1007

router = APIRouter(tags=["desks"])

Issuer = Annotated[Actor, Depends(Needs(Permission.CARDS_ISSUE))]

_log = structlog.get_logger()


@router.get("/desks")
async def listing(house: TheHouse, _actor: Issuer, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[DeskView]:
    """Desks that are connected, by name."""
    return part(house.desks.listing(), lambda desk: desk.name, after=after, limit=limit)


@router.websocket("/desk")
async def relay(socket: WebSocket) -> None:
    """One desk, from hello until it hangs up."""
    house = house_of(socket)
    try:
        actor = await asyncio.to_thread(actor_of, socket, house)
    except Problem:
        actor = None
    if actor is None or not may(actor, Permission.DESK_RELAY):
        # Before accept() this is an HTTP 403, which a desk can tell from a server that is away.
        await socket.close(CLOSE_POLICY)
        return
    await socket.accept()
    try:
        async with asyncio.timeout(HELLO_TIMEOUT_S):
            hello = FROM_DESK.validate_json(await socket.receive_text())
        if not isinstance(hello, Hello) or actor.name != f"desk:{hello.desk}":
            await socket.close(CLOSE_POLICY, "this token is another desk's")
            return
        desk = house.desks.join(hello, sender(socket), house.transactions.entropy)
    except (TimeoutError, ValueError, WebSocketDisconnect, Problem) as error:
        await _hang_up(socket, error)
        return
    _log.info("desk_connected", desk=desk.name, reader=desk.reader)
    try:
        code = desk.code
        await desk.show(en=f"Connected. Code for the browser: {code}", zh=f"已连接。浏览器配对码：{code}", good=True)
        while True:
            await desk.heard(FROM_DESK.validate_json(await socket.receive_text()))
    except (ValueError, WebSocketDisconnect) as error:
        await _hang_up(socket, error)
    finally:
        await house.desks.leave(desk)
        _log.info("desk_gone", desk=desk.name)


def sender(socket: WebSocket) -> Send:
    """The way down to a desk. A line that breaks under the hand is told by the side that listens: whoever waits for an
    answer hears of it there, and a sentence for a display that is gone is no fault of the card."""

    async def send(message: Apdu | Show) -> None:
        if socket.application_state is WebSocketState.CONNECTED:
            with suppress(WebSocketDisconnect):
                await socket.send_text(message.to_bytes().decode())

    return send


async def _hang_up(socket: WebSocket, error: Exception) -> None:
    if not isinstance(error, WebSocketDisconnect) and socket.application_state is WebSocketState.CONNECTED:
        await socket.close(CLOSE_MALFORMED, type(error).__name__)
