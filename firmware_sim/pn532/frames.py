"""Host frames of the PN532 on its high speed UART (UM0701-02, 6.2.1): information, extended, ACK, error."""

from dataclasses import dataclass

ACK = bytes.fromhex("0000FF00FF00")
SYNTAX_ERROR = bytes.fromhex("0000FF01FF7F8100")
"""An error frame: LEN 01, LCS FF, TFI 7F, DCS 81."""
START = b"\x00\xff"
ACK_BODY = b"\x00\xff"
NACK_BODY = b"\xff\x00"
FROM_HOST = 0xD4
FROM_CHIP = 0xD5
MAX_FRAME_BYTES = 265
MAX_BUFFER_BYTES = 4096
NORMAL_HEAD_BYTES = 2
EXTENDED_HEAD_BYTES = 5


@dataclass(frozen=True)
class HostCommand:
    """A good information frame: command code and its data."""

    code: int
    data: bytes


@dataclass(frozen=True)
class HostAck:
    """The host acknowledged, which also cancels the command under way."""


@dataclass(frozen=True)
class BadFrame:
    """A checksum or an identifier was wrong."""


Received = HostCommand | HostAck | BadFrame


def answer(code: int, data: bytes) -> bytes:
    """An information frame to the host; extended when it does not fit into one length byte."""
    body = bytes((FROM_CHIP, code + 1)) + data
    if len(body) < 0xFF:
        head = bytes((len(body), -len(body) & 0xFF))
    else:
        length = len(body).to_bytes(2, "big")
        head = b"\xff\xff" + length + bytes((-sum(length) & 0xFF,))
    return b"\x00" + START + head + body + bytes((-sum(body) & 0xFF, 0x00))


class FrameReader:
    """Cuts a byte stream into frames. Bytes before a start code are preamble or rubbish and are skipped."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Received]:
        """Whatever became complete."""
        self._buffer += data
        del self._buffer[:-MAX_BUFFER_BYTES]
        received = []
        while (frame := self._next()) is not None:
            received.append(frame)
        return received

    def _next(self) -> Received | None:
        start = self._buffer.find(START)
        if start < 0:
            del self._buffer[:-1]
            return None
        del self._buffer[:start]
        body = bytes(self._buffer[len(START) :])
        if len(body) < NORMAL_HEAD_BYTES:
            return None
        if body.startswith((ACK_BODY, NACK_BODY)):
            self._drop(NORMAL_HEAD_BYTES)
            return HostAck()
        if body.startswith(b"\xff\xff"):
            return self._information(body, EXTENDED_HEAD_BYTES)
        return self._information(body, NORMAL_HEAD_BYTES)

    def _information(self, body: bytes, head_bytes: int) -> Received | None:
        if len(body) < head_bytes:
            return None
        head = body[head_bytes - 3 : head_bytes] if head_bytes == EXTENDED_HEAD_BYTES else body[:head_bytes]
        length = int.from_bytes(head[:-1], "big")
        if sum(head) & 0xFF or length > MAX_FRAME_BYTES or length < 2:
            self._drop(head_bytes)
            return BadFrame()
        if len(body) < head_bytes + length + 1:
            return None
        content = body[head_bytes : head_bytes + length + 1]
        self._drop(head_bytes + length + 1)
        if sum(content) & 0xFF or content[0] != FROM_HOST:
            return BadFrame()
        return HostCommand(content[1], content[2:-1])

    def _drop(self, body_bytes: int) -> None:
        del self._buffer[: len(START) + body_bytes]
