"""A server's end of the desk's line, and the screen at the desk, for tests."""

import queue
import threading
from http import HTTPStatus

from websockets.sync.server import ServerConnection, serve

from card_protocol.wire.desk import Show
from edge.drivers.ws_desk_link import PATH

TOKEN = "t" * 20
PATIENCE_MS = 30_000


class Console:
    """A server that says what a test gives it and keeps what it hears."""

    def __init__(self) -> None:
        self.heard: queue.Queue[str] = queue.Queue(100)
        self.says: queue.Queue[str | bytes | None] = queue.Queue(100)
        self.refuses_with: HTTPStatus | None = None
        self._server = serve(self._talk, "127.0.0.1", 0, process_request=self._check)
        self.address = f"http://127.0.0.1:{self._server.socket.getsockname()[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _check(self, connection: ServerConnection, request: object) -> object:
        path, headers = request.path, request.headers  # type: ignore[attr-defined]
        if path != PATH or headers["Authorization"] != f"Bearer {TOKEN}":
            return connection.respond(HTTPStatus.UNAUTHORIZED, "")
        return connection.respond(self.refuses_with, "") if self.refuses_with else None

    def _talk(self, connection: ServerConnection) -> None:
        self.heard.put(str(connection.recv()))
        while (message := self.says.get(timeout=PATIENCE_MS / 1000)) is not None:
            connection.send(message)

    def close(self) -> None:
        self.says.put(None)
        self._server.shutdown()


class Screen:
    """A display that remembers."""

    def __init__(self) -> None:
        self.shown: list[Show] = []

    def show(self, message: Show) -> None:
        self.shown.append(message)
