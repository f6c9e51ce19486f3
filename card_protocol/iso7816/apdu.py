"""Command and response APDUs in short form (ISO/IEC 7816-4 § 5.1), and the wrapping of native DESFire frames.

A native frame INS ‖ body travels as 90 INS 00 00 [Lc body] 00; its answer comes back as body ‖ 91 status
(MF3DX2, "ISO/IEC 7816-4 APDU wrapping"). Nothing here knows what a frame means.
"""

from dataclasses import dataclass
from typing import Final

from card_protocol.errors import CallerFault, Malformed, TooLong

MAX_DATA_BYTES: Final = 255
MAX_RESPONSE_BYTES: Final = 258
"""256 bytes of data and the status word: what Le = 00 can ask for."""

NATIVE_CLA: Final = 0x90
_HEADER_BYTES: Final = 4
_SW_BYTES: Final = 2


@dataclass(frozen=True, slots=True)
class CommandApdu:
    """A short command. `le` is None (no answer expected) or 1 to 256 bytes. `data` does not print."""

    cla: int
    ins: int
    p1: int = 0
    p2: int = 0
    data: bytes = b""
    le: int | None = 256

    def __post_init__(self) -> None:
        if any(not 0 <= byte <= 0xFF for byte in (self.cla, self.ins, self.p1, self.p2)):
            raise CallerFault("a command header is four bytes")
        if len(self.data) > MAX_DATA_BYTES:
            raise CallerFault(f"a short command carries {MAX_DATA_BYTES} bytes, not {len(self.data)}")
        if self.le is not None and not 1 <= self.le <= 256:
            raise CallerFault("Le is 1 to 256")

    def encode(self) -> bytes:
        """The bytes for a reader."""
        header = bytes((self.cla, self.ins, self.p1, self.p2))
        lc = bytes((len(self.data),)) if self.data else b""
        le = b"" if self.le is None else bytes((self.le & 0xFF,))
        return header + lc + self.data + le

    @classmethod
    def decode(cls, raw: bytes) -> "CommandApdu":
        """The inverse of `encode`; Malformed for extended or inconsistent lengths."""
        if len(raw) < _HEADER_BYTES:
            raise Malformed("a command has at least four bytes")
        (cla, ins, p1, p2), rest = raw[:_HEADER_BYTES], raw[_HEADER_BYTES:]
        if not rest:
            return cls(cla, ins, p1, p2, le=None)
        if len(rest) == 1:
            return cls(cla, ins, p1, p2, le=rest[0] or 256)
        lc, body = rest[0], rest[1:]
        if lc == 0 or not lc <= len(body) <= lc + 1:
            raise Malformed("the length byte of a command does not fit its data")
        return cls(cla, ins, p1, p2, data=body[:lc], le=None if len(body) == lc else body[lc] or 256)

    def __repr__(self) -> str:
        return f"<CommandApdu {self.cla:02X} {self.ins:02X} {self.p1:02X} {self.p2:02X}, {len(self.data)} B>"


@dataclass(frozen=True, slots=True)
class ResponseApdu:
    """An answer: data and status word. `data` does not print."""

    data: bytes
    sw: int

    def encode(self) -> bytes:
        """The bytes as they come from a card."""
        return self.data + self.sw.to_bytes(_SW_BYTES, "big")

    @classmethod
    def decode(cls, raw: bytes) -> "ResponseApdu":
        """Malformed when there is no whole status word, TooLong beyond 256 bytes of data."""
        if len(raw) < _SW_BYTES:
            raise Malformed("an answer without a status word")
        if len(raw) > MAX_RESPONSE_BYTES:
            raise TooLong(f"an answer of {len(raw)} bytes; {MAX_RESPONSE_BYTES} are the most")
        return cls(raw[:-_SW_BYTES], int.from_bytes(raw[-_SW_BYTES:], "big"))

    def __repr__(self) -> str:
        return f"<ResponseApdu {len(self.data)} B, {self.sw:04X}>"


def wrap_native(ins: int, body: bytes = b"") -> CommandApdu:
    """The APDU around a native frame INS ‖ body."""
    return CommandApdu(NATIVE_CLA, ins, data=body)
