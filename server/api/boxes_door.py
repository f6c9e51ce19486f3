"""The boxes' listener: HTTP over TLS in which the client's certificate reaches the application (`server.api.peer`)."""

import asyncio
import ssl
from typing import cast

from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

from server.api.application import build_boxes_api
from server.api.gateways import API_PREFIX
from server.api.peer import PEER, Peer
from server.services.house import House

_Name = tuple[tuple[tuple[str, str], ...], ...]
"""How `SSLObject.getpeercert` tells a distinguished name."""


class PeerProtocol(H11Protocol):
    """uvicorn's HTTP/1.1; the state that it hands to every request and WebSocket of a connection also has the peer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """TLS is up: who is it?"""
        super().connection_made(transport)
        self.app_state = {**self.app_state, PEER: peer_in(transport.get_extra_info("ssl_object"))}


class StoppableWebSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, of desks and of boxes that renew a card."""

    def shutdown(self) -> None:
        """The server stops. A line that is just ending by itself must not break that off for all the others."""
        try:
            super().shutdown()
        except InvalidState:
            self.transport.close()


def peer_in(connection: ssl.SSLObject | None) -> Peer | None:
    """The client's name and serial number, from a certificate that TLS has verified; None without one."""
    shown = connection.getpeercert() if connection is not None else None
    if not shown:
        return None
    subject = dict(pair for part in cast(_Name, shown.get("subject", ())) for pair in part)
    name = subject.get("commonName")
    serial = str(shown.get("serialNumber", "")).lower().lstrip("0")
    return Peer(name, serial) if name else None


def boxes_app(house: House) -> FastAPI:
    """The application behind the listener: the boxes' part of the API and no page."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.mount(API_PREFIX, build_boxes_api(house))
    return app
