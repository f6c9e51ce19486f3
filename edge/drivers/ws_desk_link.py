"""The desk's line to the server over WebSocket: the only file that imports websockets."""

from typing import Final

from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI, WebSocketException
from websockets.sync.client import connect

from card_protocol.wire.desk import (
    APDU_MAX_BYTES,
    FROM_SERVER,
    Answer,
    Apdu,
    CardGone,
    CardHere,
    Hello,
    Show,
)
from edge.ports.desk_link import LinkLost

PATH: Final = "/api/v1/desk"
OPEN_TIMEOUT_S: Final = 10
MESSAGE_MAX_BYTES: Final = 8 * APDU_MAX_BYTES
QUEUE_MAX_FRAMES: Final = 16


class WsDeskLink:
    """One connection. `server` is http(s)://host[:port]; LinkLost when it cannot be had."""

    def __init__(self, server: str, token: str) -> None:
        address = "ws" + server.removeprefix("http") + PATH
        try:
            self._socket = connect(
                address,
                additional_headers={"Authorization": f"Bearer {token}"},
                compression=None,
                open_timeout=OPEN_TIMEOUT_S,
                max_size=MESSAGE_MAX_BYTES,
                max_queue=QUEUE_MAX_FRAMES,
            )
        except InvalidStatus as error:
            status = error.response.status_code
            why = "does not accept the desk's token" if status in (401, 403) else f"answered with status {status}"
            raise LinkLost(f"the server at {server} {why}") from None
        except (OSError, InvalidHandshake, InvalidURI, TimeoutError) as error:
            raise LinkLost(f"the server at {server} cannot be reached: {error}") from None

    def send(self, message: Hello | CardHere | CardGone | Answer) -> None:
        """See `DeskLink.send`."""
        try:
            self._socket.send(message.to_bytes().decode())
        except (OSError, WebSocketException) as error:
            raise LinkLost(f"the line to the server broke: {error}") from None

    def receive(self, timeout_ms: int) -> Apdu | Show | None:
        """See `DeskLink.receive`. A message that is none of the protocol ends the line: we do not guess."""
        try:
            raw = self._socket.recv(timeout=timeout_ms / 1000)
        except TimeoutError:
            return None
        except (OSError, WebSocketException) as error:
            raise LinkLost(f"the line to the server broke: {error}") from None
        try:
            return FROM_SERVER.validate_json(raw)
        except ValueError:
            self.close()
            raise LinkLost("the server said something that is not of the desk's protocol") from None

    def close(self) -> None:
        """See `DeskLink.close`."""
        self._socket.close()
