"""ReadData and WriteData on standard and backup files. Source: MF3DX2, data management commands.

Short transfers use the instructions that leave chaining to ISO/IEC 14443-4 (AD, 8D): one APDU each way. What does
not fit one APDU uses those that chain natively (BD, 3D).
"""

from typing import Final

from card_protocol.channel.converse import Conversation
from card_protocol.channel.ev2 import Mode
from card_protocol.channel.session import Session
from card_protocol.crypto.aes import BLOCK_BYTES
from card_protocol.crypto.mac import SHORT_MAC_BYTES
from card_protocol.errors import CallerFault, Malformed
from card_protocol.iso7816.apdu import MAX_DATA_BYTES

READ_DATA: Final = 0xAD
READ_DATA_CHAINED: Final = 0xBD
WRITE_DATA: Final = 0x8D
WRITE_DATA_CHAINED: Final = 0x3D
TRANSFER_LIMIT: Final = 1 << 24
_MAX_ANSWER_DATA_BYTES: Final = 256


def read_data(session: Session, file_no: int, offset: int, length: int, mode: Mode) -> Conversation[bytes]:
    """Exactly `length` bytes from `offset`; Malformed when the card returns another number."""
    header = transfer_header(file_no, offset, length)
    ins = READ_DATA if carried_bytes(length, mode) <= _MAX_ANSWER_DATA_BYTES else READ_DATA_CHAINED
    answer = yield from session.run(ins, header, mode=mode, doing="ReadData")
    if len(answer) != length:
        raise Malformed(f"ReadData: the card returned {len(answer)} bytes, not {length}")
    return answer


def write_data(session: Session, file_no: int, offset: int, data: bytes, mode: Mode) -> Conversation[None]:
    """Write `data` at `offset`. On a backup file nothing changes before the transaction is committed."""
    header = transfer_header(file_no, offset, len(data))
    fits = len(header) + carried_bytes(len(data), mode) <= MAX_DATA_BYTES
    ins = WRITE_DATA if fits else WRITE_DATA_CHAINED
    yield from session.run(ins, header, data, mode=mode, doing="WriteData")


def transfer_header(file_no: int, offset: int, length: int) -> bytes:
    """File number, offset and length as the data and record commands take them: 1 + 3 + 3 bytes."""
    if not 0 <= offset < TRANSFER_LIMIT or not 0 < length < TRANSFER_LIMIT:
        raise CallerFault("offset and length of a transfer are 24 bits, and the length is not 0")
    return bytes((file_no,)) + offset.to_bytes(3, "little") + length.to_bytes(3, "little")


def carried_bytes(length: int, mode: Mode) -> int:
    """How many bytes `length` bytes of data become in a mode."""
    if mode is Mode.PLAIN:
        return length
    padded = length if mode is Mode.MAC else (length // BLOCK_BYTES + 1) * BLOCK_BYTES
    return padded + SHORT_MAC_BYTES
