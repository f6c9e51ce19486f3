"""A card at a PC/SC reader: the client of vsmartcard's virtual reader inside pcscd.

A message is a 16-bit big-endian length and a body, both ways. A body of one byte is a control: 00 power off,
01 power on, 02 reset (none of them answered), 04 the ATR is wanted; anything else is an APDU. The connection is
the card: it opens when one is placed and closes when it leaves, and pcscd notices at its next poll (0.4 s).
vpcd has no way to report a card that stays silent, so a lost answer closes the connection: the reader has lost
the card, and finds it again later if it still lies there.

Without TCP_NODELAY and a re-armed TCP_QUICKACK an APDU costs 44 ms instead of 0.2 (delayed acknowledgement).
"""

import socket
import threading
import time
from enum import IntEnum

from firmware_sim.field.atr import pcsc_atr
from firmware_sim.field.field import Stand
from firmware_sim.field.isodep import ENDLESS
from firmware_sim.field.visit import Visit

DEFAULT_PORT = 35963
RETRY_MS = 200
CONNECT_TIMEOUT_MS = 1000
RECEIVE_TIMEOUT_MS = 2000
MAX_BODY_BYTES = 0xFFFF
GET_UID = bytes.fromhex("FFCA0000")
READER_CLASS = 0xFF
DONE = bytes.fromhex("9000")
NOT_SUPPORTED = bytes.fromhex("6A81")
ABSENCE_MS = 600
"""The shortest time between two connections: pcscd's poll must see the reader empty."""


class Control(IntEnum):
    """One-byte bodies."""

    OFF = 0x00
    ON = 0x01
    RESET = 0x02
    ATR = 0x04


class VpcdField:
    """Connects to vpcd whenever a card lies there; keeps trying while pcscd is away."""

    def __init__(self, port: int = DEFAULT_PORT, host: str = "127.0.0.1") -> None:
        self.port = port
        self._address = (host, port)
        self._stand = Stand()
        self._thread = threading.Thread(target=self._serve, name=f"field vpcd {port}", daemon=True)
        self._thread.start()

    def place(self, visit: Visit) -> None:
        """Put a card there."""
        self._stand.place(visit)

    def clear(self) -> None:
        """Take the card away."""
        self._stand.clear()

    def close(self) -> None:
        """Stop; the connection closes."""
        self._stand.stop()
        self._thread.join()
        self._stand.bell.close()

    def _serve(self) -> None:
        while not self._stand.stopped:
            visit = self._stand.visit
            if visit is None:
                self._stand.wait()
                continue
            try:
                connection = socket.create_connection(self._address, CONNECT_TIMEOUT_MS / 1000)
            except OSError:
                self._stand.wait(timeout_s=RETRY_MS / 1000)
                continue
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.settimeout(RECEIVE_TIMEOUT_MS / 1000)
                self._talk(connection, visit)
            # Not cut short by `close`: the next field at this port must find the reader seen empty, too.
            time.sleep(ABSENCE_MS / 1000)

    def _talk(self, connection: socket.socket, visit: Visit) -> None:
        """Serve one connection until the card or pcscd goes, or an answer is lost."""
        while self._stand.visit is visit:
            if not self._stand.wait(connection):
                continue
            try:
                body = _receive(connection)
                answer = None if body is None else self._react(visit, body)
                if answer is None or self._stand.visit is not visit:
                    break
                if answer:
                    connection.sendall(len(answer).to_bytes(2, "big") + answer)
            except OSError:
                break
        visit.power_off()

    def _react(self, visit: Visit, body: bytes) -> bytes | None:
        """The answer; empty when none is due, None when it is lost."""
        if len(body) == 1:
            return _control(visit, body[0])
        if body.startswith(GET_UID):
            return visit.chip.uid + DONE
        if body[0] == READER_CLASS:
            return NOT_SUPPORTED
        answer = visit.transmit(body)
        visit.over.wait(visit.take_delay_ms() / 1000)
        lost = visit.noisy or not answer or visit.waits() == ENDLESS
        return None if lost else answer[:MAX_BODY_BYTES]


def _control(visit: Visit, code: int) -> bytes:
    if code == Control.ATR:
        return pcsc_atr(visit.chip)
    if code in (Control.OFF, Control.RESET):
        visit.power_off()
    if code in (Control.ON, Control.RESET):
        visit.power_on()
    return b""


def _receive(connection: socket.socket) -> bytes | None:
    """One whole message; None when pcscd closed the connection or sent an empty one."""
    head = _exactly(connection, 2)
    if head is None:
        return None
    return _exactly(connection, int.from_bytes(head, "big")) or None


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    collected = bytearray()
    while len(collected) < count:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = connection.recv(count - len(collected))
        if not part:
            return None
        collected += part
    return bytes(collected)
