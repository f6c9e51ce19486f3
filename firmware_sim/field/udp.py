"""The far end of nfcpy's ``udp:HOST:PORT`` driver: an air interface in datagrams.

A datagram is ASCII, ``106A <frame in hex>`` without CRC, or ``RFOFF`` when the reader switches its field off.
nfcpy opens a fresh socket for every search, so a new sender means that the field was down in between. An empty
field is silent; since the driver waits a whole second for its REQA to be answered, a card that is placed
meanwhile answers that REQA at once, as a real card in a polled field would within some milliseconds. On a busy machine
an answer may be late; then the reader has asked again, and only the last question is answered.
"""

import select
import socket
import threading
import time

from firmware_sim.field.field import Stand
from firmware_sim.field.typea import REQA, WUPA, State, TypeA
from firmware_sim.field.visit import Visit

BIT_RATE = b"106A"
FIELD_OFF = b"RFOFF"
MAX_DATAGRAM_BYTES = 2048
REQUEST_LIFE_MS = 950
"""How long an unanswered REQA may still be answered: nfcpy waits 1000 ms for it."""

Address = tuple[str, int]


class UdpField:
    """Binds ``host:port`` (0 picks a free one) and serves until closed. ``OSError`` when the port is taken."""

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]
        self._stand = Stand()
        self._reader: Address | None = None
        self._air: TypeA | None = None
        self._on_air: Visit | None = None
        self._request: tuple[bytes, Address, float] | None = None
        self._thread = threading.Thread(target=self._serve, name=f"field udp {self.port}", daemon=True)
        self._thread.start()

    def place(self, visit: Visit) -> None:
        """Put a card there."""
        self._stand.place(visit)

    def clear(self) -> None:
        """Take the card away."""
        self._stand.clear()

    def close(self) -> None:
        """Stop and free the port."""
        self._stand.stop()
        self._thread.join()
        self._socket.close()
        self._stand.bell.close()

    def _serve(self) -> None:
        while not self._stand.stopped:
            heard = self._stand.wait(self._socket)
            self._follow_the_visit()
            if heard:
                self._receive()

    def _follow_the_visit(self) -> None:
        """Notice who came and went; a newcomer answers a request that is still in the air."""
        visit = self._stand.visit
        if visit is self._on_air:
            return
        self._field_down()
        self._on_air = visit
        if visit is None or self._request is None:
            return
        frame, reader, asked_at = self._request
        if (time.monotonic() - asked_at) * 1000 < REQUEST_LIFE_MS:
            self._hear(frame, reader)

    def _receive(self) -> None:
        try:
            datagram, reader = self._socket.recvfrom(MAX_DATAGRAM_BYTES)
        except OSError:
            return
        self._request = None
        if datagram.startswith(FIELD_OFF):
            self._field_down()
            return
        rate, _, text = datagram.partition(b" ")
        try:
            frame = bytes.fromhex(text.decode("ascii"))
        except ValueError:
            return
        if rate == BIT_RATE:
            self._hear(frame, reader)

    def _hear(self, frame: bytes, reader: Address) -> None:
        """One frame from the reader to whoever lies here."""
        if reader != self._reader:
            self._field_down()
            self._reader = reader
        visit = self._on_air
        if visit is None:
            if frame in (REQA, WUPA):
                self._request = (frame, reader, time.monotonic())
            return
        if self._air is None:
            visit.power_on()
            self._air = TypeA(visit.chip, visit.transmit, visit.waits)
        answer = self._air.receive(frame)
        visit.over.wait(visit.take_delay_ms() / 1000)
        if answer is None or visit.over.is_set() or self._is_late():
            return
        self._send(b"" if visit.noisy else answer, reader)

    def _is_late(self) -> bool:
        """Whether the reader has asked again meanwhile: it has given up on this answer, and on the air there is none
        after the frame waiting time (ISO/IEC 14443-4 § 7.2). A second copy would be taken for the answer to what
        comes next."""
        in_blocks = self._air is not None and self._air.state is State.PROTOCOL
        return in_blocks and bool(select.select([self._socket], [], [], 0)[0])

    def _send(self, frame: bytes, reader: Address) -> None:
        """An empty frame is one that the air destroyed: nfcpy takes it for a transmission error."""
        text = frame.hex().encode("ascii")
        try:
            self._socket.sendto(BIT_RATE + b" " + text if text else BIT_RATE, reader)
        except OSError:
            return

    def _field_down(self) -> None:
        """The chip loses its power; the next frame starts from IDLE."""
        self._reader = None
        if self._air is not None and self._on_air is not None:
            self._on_air.power_off()
        self._air = None
