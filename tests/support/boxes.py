"""The boxes' door of a server, for tests: over real TLS, or without a network with the peer that a test names."""

import contextlib
import threading
import time
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from onecard.free_ports import free_port
from server.api.boxes_door import PeerProtocol, StoppableWebSocket, boxes_app
from server.api.peer import PEER, Peer
from server.services.house import House
from server.services.keys.own_tls import OwnTls

START_TIMEOUT_S = 60.0


def with_peer(app: ASGIApp, peer: Peer | None) -> ASGIApp:
    """The application as somebody sees it whose certificate TLS has verified."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope = {**scope, "state": {**scope.get("state", {}), PEER: peer}}
        await app(scope, receive, send)

    return wrapped


@contextlib.contextmanager
def boxes_door(house: House, port: int | None = None, tls: OwnTls | None = None) -> Iterator[str]:
    """The address of the boxes' door while the block lasts: https://127.0.0.1:PORT."""
    port = port or free_port()
    tls = tls or OwnTls(house.transactions, house.keystore)
    config = uvicorn.Config(
        boxes_app(house),
        host="127.0.0.1",
        port=port,
        http=PeerProtocol,
        ws=StoppableWebSocket,
        lifespan="off",
        log_config=None,
        timeout_graceful_shutdown=2,
        ssl_context_factory=lambda _config, _default: tls.listening,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_TIMEOUT_S
    while not server.started:
        assert time.monotonic() < deadline, "the boxes' door did not open"
        time.sleep(0.01)
    try:
        yield f"https://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(START_TIMEOUT_S)
