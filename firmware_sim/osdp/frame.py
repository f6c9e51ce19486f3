"""OSDP packets as bytes. Source: SIA OSDP 2.2 § 5.9 (packet format) and annex D (security block, MAC).

    SOM 53 · address · length (2, least significant first) · control · [security block] · code · data · [MAC 4] · CRC 2

The length counts everything from SOM to CRC. Control: bits 0 and 1 sequence, bit 2 CRC (else checksum), bit 3
security block. Replies have bit 7 of the address set.
"""

from dataclasses import dataclass

SOM = 0x53
MARK = 0xFF
REPLY_FLAG = 0x80
ALL_ADDRESSES = 0x7F
SEQUENCE = 0x03
USES_CRC = 0x04
HAS_SECURITY = 0x08

HEAD_BYTES = 5
CRC_BYTES = 2
MAC_BYTES = 4
MIN_BYTES = HEAD_BYTES + 1 + CRC_BYTES
MAX_BYTES = 1440
MACED = range(0x15, 0x19)
"""Security block types of packets that carry a MAC."""


class BadFrame(ValueError):
    """Bytes that are no packet: noise, a collision, another baud rate."""


@dataclass(frozen=True)
class Frame:
    """One packet. `security` is the security block's type and data; `signed` are the bytes under the MAC."""

    address: int
    control: int
    security: bytes
    code: int
    data: bytes
    mac: bytes = b""
    signed: bytes = b""

    @property
    def sequence(self) -> int:
        """0 to 3; 0 starts anew."""
        return self.control & SEQUENCE


def crc16(data: bytes) -> int:
    """CRC-16 with polynomial 1021 and start value 1D0F (annex C)."""
    register = 0x1D0F
    for byte in data:
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1 ^ 0x1021 if register & 0x8000 else register << 1) & 0xFFFF
    return register


def head(address: int, control: int, security: bytes, code: int, data: bytes, with_mac: bool) -> bytes:
    """Everything up to the data: what the MAC is made over. The length already counts MAC and CRC."""
    block = bytes((len(security) + 1,)) + security if security else b""
    length = HEAD_BYTES + len(block) + 1 + len(data) + (MAC_BYTES if with_mac else 0) + CRC_BYTES
    control |= USES_CRC | (HAS_SECURITY if security else 0)
    return bytes((SOM, address)) + length.to_bytes(2, "little") + bytes((control,)) + block + bytes((code,)) + data


def close(head_and_mac: bytes) -> bytes:
    """Add the CRC."""
    return head_and_mac + crc16(head_and_mac).to_bytes(CRC_BYTES, "little")


def parse(raw: bytes) -> Frame:
    """One whole packet; BadFrame says what is wrong. Packets with a checksum instead of a CRC are not spoken."""
    if len(raw) < MIN_BYTES or raw[0] != SOM:
        raise BadFrame("no packet")
    if int.from_bytes(raw[2:4], "little") != len(raw):
        raise BadFrame("the length does not fit")
    if not raw[4] & USES_CRC or crc16(raw[:-CRC_BYTES]) != int.from_bytes(raw[-CRC_BYTES:], "little"):
        raise BadFrame("the CRC does not fit")
    body, security = raw[HEAD_BYTES:-CRC_BYTES], b""
    if raw[4] & HAS_SECURITY:
        size = body[0]
        if not 2 <= size < len(body):
            raise BadFrame("the security block does not fit")
        security, body = body[1:size], body[size:]
    mac = b""
    if security and security[0] in MACED:
        if len(body) < 1 + MAC_BYTES:
            raise BadFrame("a packet without its MAC")
        body, mac = body[:-MAC_BYTES], body[-MAC_BYTES:]
    signed = raw[: len(raw) - CRC_BYTES - len(mac)]
    return Frame(raw[1], raw[4], security, body[0], body[1:], mac, signed)


class Splitter:
    """Cuts a stream of bytes into packets; what is none is skipped. Holds at most one packet."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The whole packets that these bytes complete."""
        self._buffer += data
        found: list[bytes] = []
        while (start := self._buffer.find(SOM)) >= 0:
            del self._buffer[:start]
            if len(self._buffer) < HEAD_BYTES:
                return found
            length = int.from_bytes(self._buffer[2:4], "little")
            if not MIN_BYTES <= length <= MAX_BYTES:
                del self._buffer[0]
                continue
            if len(self._buffer) < length:
                return found
            found.append(bytes(self._buffer[:length]))
            del self._buffer[:length]
        self._buffer.clear()
        return found

    def reset(self) -> None:
        """The line was quiet: what came before is no beginning of anything."""
        self._buffer.clear()
