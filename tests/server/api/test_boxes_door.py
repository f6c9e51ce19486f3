"""The boxes' listener over real TLS: the certificate reaches the application, and no page is behind it."""

import asyncio
import contextlib
import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from websockets.asyncio.client import connect

from card_protocol.wire.identity import AUTHORITIES_PATH, SERVER_NAME, TRUST_PATH
from gateway.drivers.tls_files import client_context
from server.api.boxes_door import StoppableWebSocket, peer_in
from server.app import listening_socket
from server.services.keys.own_tls import OwnTls, load_chain
from server.tables.engine import make_engine
from tests.server.build import Community, make_community
from tests.support.boxes import boxes_door
from tests.support.identity import AUTHORITY, identity_for, now_ms


@pytest.fixture
def community(tmp_path: Path) -> Community:
    made = make_community(make_engine(f"sqlite:///{tmp_path / 'server.db'}"))
    made.real[0] = now_ms()
    return made


def get(address: str, path: str, tls: ssl.SSLContext) -> httpx.Response:
    with httpx.Client(base_url=address, verify=tls, trust_env=False, timeout=30) as client:
        return client.get(path)


def test_who_comes_is_known_by_the_certificate(community: Community) -> None:
    box, other = community.box("g-1"), community.box("g-2")
    assert box.identity is not None
    assert other.identity is not None
    path = TRUST_PATH.format(gateway="g-1")
    with boxes_door(community.house) as address:
        for who, status in ((box, 200), (other, 403)):
            assert who.identity is not None
            tls = client_context(SERVER_NAME, box.identity.authorities)
            load_chain(tls, who.identity.certificate, who.tls_key)
            assert get(address, path, tls).status_code == status
        nobody = client_context(SERVER_NAME, box.identity.authorities)
        assert get(address, path, nobody).status_code == 403
        assert get(address, AUTHORITIES_PATH, nobody).status_code == 200
        assert get(address, "/login", nobody).status_code == 404
        foreign = client_context(SERVER_NAME, box.identity.authorities)
        load_chain(foreign, identity_for(box.certificate_request(), "g-1").certificate, box.tls_key)
        with pytest.raises(httpx.TransportError):
            get(address, AUTHORITIES_PATH, foreign)
        with pytest.raises(httpx.TransportError):
            get(address, AUTHORITIES_PATH, client_context(SERVER_NAME, AUTHORITY.certificate))


def test_without_a_certificate_there_is_no_peer(community: Community) -> None:
    assert peer_in(None) is None
    assert OwnTls(community.transactions, community.house.keystore).listening.verify_mode is ssl.CERT_OPTIONAL


class Lingering:
    """A transport that takes its time to close, as TLS does towards somebody whose network has gone."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def close(self) -> None:
        asyncio.get_running_loop().call_later(0.5, self._transport.close)


class LingeringSocket(StoppableWebSocket):
    """With such a transport."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(Lingering(transport))


def test_a_line_that_is_just_ending_does_not_break_the_servers_stop_off() -> None:
    """uvicorn alone raises InvalidState there, and neither waits for requests nor tells the application."""
    told: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while (said := (await receive())["type"]) != "lifespan.shutdown":
                await send({"type": f"{said}.complete"})
            told.append(said)
            await send({"type": f"{said}.complete"})
            return
        await receive()
        await send({"type": "websocket.accept"})
        told.append((await receive())["type"])

    async def stop_while_it_ends() -> None:
        with listening_socket("127.0.0.1", 0) as listener:
            server = uvicorn.Server(uvicorn.Config(application, ws=LingeringSocket, log_config=None, lifespan="on"))
            server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            async with asyncio.timeout(20):
                line = await connect(f"ws://127.0.0.1:{listener.getsockname()[1]}/")
                leaving = asyncio.create_task(line.close())
                while not told:
                    await asyncio.sleep(0.01)
                server.should_exit = True
                await serving
                await leaving

    asyncio.run(stop_while_it_ends())
    assert told == ["websocket.disconnect", "lifespan.shutdown"]
