"""Lines to the server over WebSocket, the desk's and a point's: the only file that imports websockets."""

import contextlib
import ssl
import threading
import time
from collections.abc import Callable
from typing import Final

from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI, WebSocketException
from websockets.sync.client import ClientConnection, connect

from card_protocol.errors import CardGone as CardLost
from card_protocol.errors import Fault
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
from card_protocol.wire.manifest import REQUEST_HEADER
from card_protocol.wire.renewal import RENEWAL_PATH, RenewalRequest
from card_protocol.wire.sealed import Sign, seal
from edge.ports.desk_link import LinkLost
from edge.ports.renewer import Left, Renewed, stays

PATH: Final = "/api/v1/desk"
OPEN_TIMEOUT_S: Final = 10
RENEWAL_OPEN_TIMEOUT_S: Final = 1
"""A point serves the next person; a server that is not there at once is away."""

RENEWAL_TIMEOUT_MS: Final = 5000
"""From dialling to the end."""

LOOK_S: Final = 0.05
LOOK_AT_CARD_MS: Final = 1
"""How often, and for how long, a point looks whether the card is still there while the server is slow."""

RENEWAL_MAX_APDUS: Final = 128
"""It takes 12, and 64 more when the card's keys are changed."""

MESSAGE_MAX_BYTES: Final = 8 * APDU_MAX_BYTES
QUEUE_MAX_FRAMES: Final = 16


class WsDeskLink:
    """One connection. `server` is http(s)://host[:port]; LinkLost when it cannot be had.

    `tls` None means the rules of this machine for https, and whom it trusts.
    """

    def __init__(self, server: str, token: str, tls: ssl.SSLContext | None = None) -> None:
        try:
            self._socket = _dial(server + PATH, {"Authorization": f"Bearer {token}"}, OPEN_TIMEOUT_S, tls)
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


class WsRenewer:
    """See `edge.ports.renewer.Renewer`: dials anew for each card, in the gateway's name. `now_ms` is the wall time.

    While the server is slow, the reader is asked now and then whether the card is still there: when it has left, the
    point is free for the next person. `tls` makes a context with the gateway's certificate of this moment: it is
    renewed while we run.
    """

    def __init__(
        self,
        server: str,
        gateway: str,
        sign: Sign,
        now_ms: Callable[[], int],
        tls: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        self._server, self._gateway, self._sign, self._now_ms, self._tls = server, gateway, sign, now_ms, tls

    def renew(
        self, point: str, card_id: str, uid: str, transmit: Callable[[bytes], bytes], left: Left = stays
    ) -> Renewed:
        """See the port."""
        asked = RenewalRequest(gateway=self._gateway, point=point, card_id=card_id, uid=uid, at_ms=self._now_ms())
        header = {REQUEST_HEADER: seal("request", asked, self._sign).hex()}
        call = _Call(self._server + RENEWAL_PATH.format(gateway=self._gateway), header, self._tls)
        try:
            found = call.wait(left)
            return found if isinstance(found, Renewed) else _relay(found, transmit, left)
        finally:
            call.hang_up()


class _Call:
    """Dialling, on a thread of its own; it ends by itself after RENEWAL_OPEN_TIMEOUT_S."""

    def __init__(self, address: str, header: dict[str, str], tls: Callable[[], ssl.SSLContext] | None) -> None:
        self._address, self._header, self._tls = address, header, tls
        self._answered = threading.Event()
        self._over = threading.Event()
        self._found: ClientConnection | Renewed = Renewed.AWAY
        threading.Thread(target=self._run, name="renewal", daemon=True).start()

    def wait(self, left: Left) -> ClientConnection | Renewed:
        """The line, or why there is none."""
        while not self._answered.wait(LOOK_S):
            if left(LOOK_AT_CARD_MS):
                return Renewed.CARD_GONE
        return self._found

    def hang_up(self) -> None:
        """The goodbye is the thread's: a server that does not answer it holds up nobody."""
        self._over.set()

    def _run(self) -> None:
        try:
            tls = self._tls() if self._tls is not None else None
            self._found = _dial(self._address, self._header, RENEWAL_OPEN_TIMEOUT_S, tls)
        except InvalidStatus as error:
            refused = error.response.status_code in (401, 403, 404)
            self._found = Renewed.REFUSED if refused else Renewed.AWAY
        except (Fault, OSError, InvalidHandshake, InvalidURI, TimeoutError):
            self._found = Renewed.AWAY
        self._answered.set()
        if isinstance(self._found, ClientConnection):
            self._over.wait(RENEWAL_TIMEOUT_MS / 1000)
            self._found.close()


def _relay(socket: ClientConnection, transmit: Callable[[bytes], bytes], left: Left) -> Renewed:
    deadline_s = time.monotonic() + RENEWAL_TIMEOUT_MS / 1000
    for _ in range(RENEWAL_MAX_APDUS):
        said = _next_word(socket, deadline_s, left)
        if said is Renewed.CARD_GONE:
            with contextlib.suppress(OSError, WebSocketException):
                socket.send(CardGone().to_bytes().decode())
        if isinstance(said, Renewed):
            return said
        if isinstance(said, Show):
            return Renewed.DONE if said.good else Renewed.REFUSED
        try:
            reply: Answer | CardGone = Answer(turn=said.turn, data=transmit(bytes.fromhex(said.data)).hex().upper())
        except CardLost:
            reply = CardGone()
        try:
            socket.send(reply.to_bytes().decode())
        except (OSError, WebSocketException):
            return Renewed.AWAY
        if isinstance(reply, CardGone):
            return Renewed.CARD_GONE
    return Renewed.REFUSED


def _next_word(socket: ClientConnection, deadline_s: float, left: Left) -> Apdu | Show | Renewed:
    """What the server says next; a card that has left meanwhile ends it."""
    while (wait_s := min(LOOK_S, deadline_s - time.monotonic())) > 0:
        try:
            return FROM_SERVER.validate_json(socket.recv(timeout=wait_s))
        except TimeoutError:
            if left(LOOK_AT_CARD_MS):
                return Renewed.CARD_GONE
        except OSError:
            return Renewed.AWAY
        except (ValueError, WebSocketException):
            return Renewed.REFUSED
    return Renewed.AWAY


def _dial(address: str, headers: dict[str, str], open_timeout_s: float, tls: ssl.SSLContext | None) -> ClientConnection:
    return connect(
        "ws" + address.removeprefix("http"),
        ssl=tls,
        additional_headers=headers,
        compression=None,
        open_timeout=open_timeout_s,
        max_size=MESSAGE_MAX_BYTES,
        max_queue=QUEUE_MAX_FRAMES,
    )
