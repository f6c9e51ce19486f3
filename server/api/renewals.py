"""The WebSocket over which a point puts a card at the server's disposal (card_protocol.wire.renewal)."""

import asyncio

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

from card_protocol.wire.desk import FROM_DESK, CardHere, Hello
from card_protocol.wire.manifest import REQUEST_HEADER, REQUEST_LIFE_MS
from card_protocol.wire.renewal import RENEWAL_PATH, RenewalRequest
from card_protocol.wire.sealed import UnsealError, unseal
from server.api.boxes import SEALED_MAX_CHARS
from server.api.desk import CLOSE_POLICY, sender
from server.api.entry import house_of
from server.api.gateways import API_PREFIX
from server.api.peer import is_gateway
from server.services.desk.desks import Desk
from server.services.desk.point_renewal import renew_at_point
from server.services.gateways import gateways
from server.services.house import House
from server.services.problems import Problem

RENEWAL_TIMEOUT_S = 10.0
router = APIRouter(tags=["gateways"])

_log = structlog.get_logger()


@router.websocket(RENEWAL_PATH.removeprefix(API_PREFIX))
async def renewals(socket: WebSocket, gateway: str) -> None:
    """One card, from the request to the end."""
    house = house_of(socket)
    asked = await asyncio.to_thread(_believed, house, socket, gateway)
    if asked is None:
        # Before accept() this is an HTTP 403.
        await socket.close(CLOSE_POLICY)
        return
    await socket.accept()

    desk = Desk(Hello(desk=asked.point, reader=gateway), sender(socket), lambda _: None)
    await desk.heard(CardHere(uid=asked.uid))
    hearing = asyncio.create_task(_hear(socket, desk))
    try:
        async with asyncio.timeout(RENEWAL_TIMEOUT_S):
            view = await renew_at_point(house, asked, desk)
        await desk.show(en=f"Card {view.number} is renewed.", zh=f"{view.number} 号卡已续期。", good=True)
    except (Problem, TimeoutError) as error:
        _log.info("card_not_renewed", card=asked.card_id, point=asked.point, why=str(error))
        await desk.show(en="The card was not renewed.", zh="卡片未续期。", good=False)
    finally:
        hearing.cancel()
        if socket.application_state is WebSocketState.CONNECTED:
            await socket.close()


async def _hear(socket: WebSocket, desk: Desk) -> None:
    try:
        while True:
            await desk.heard(FROM_DESK.validate_json(await socket.receive_text()))
    except (WebSocketDisconnect, ValueError):
        # What is not of the protocol ends it like a card that has gone: we do not guess.
        await desk.hang_up()


def _believed(house: House, socket: WebSocket, gateway: str) -> RenewalRequest | None:
    """The request, if this gateway showed its certificate and signed it a moment ago."""
    if not is_gateway(house, socket, gateway):
        return None
    header = socket.headers.get(REQUEST_HEADER, "")
    with house.transactions.read() as session:
        verifier = gateways.verifier_of(session, gateway)
    if verifier is None or len(header) > SEALED_MAX_CHARS:
        return None
    try:
        asked = unseal("request", bytes.fromhex(header), RenewalRequest, verifier.verify)
    except (UnsealError, ValueError):
        return None
    # A played day passes faster than the request travels.
    age_ms = abs(house.transactions.clock() - asked.at_ms)
    return asked if asked.gateway == gateway and age_ms <= REQUEST_LIFE_MS * house.clock_speed else None
