"""Records of cyclic files: append, read, clear. Source: MF3DX2, data management commands.

An append waits for CommitTransaction; the oldest record makes room.
"""

from typing import Final

from card_protocol.channel.converse import Conversation
from card_protocol.channel.data import TRANSFER_LIMIT, carried_bytes, transfer_header
from card_protocol.channel.ev2 import Mode
from card_protocol.channel.session import Session
from card_protocol.errors import CallerFault, Malformed
from card_protocol.iso7816.apdu import MAX_DATA_BYTES

READ_RECORDS: Final = 0xAB
READ_RECORDS_CHAINED: Final = 0xBB
WRITE_RECORD: Final = 0x8B
WRITE_RECORD_CHAINED: Final = 0x3B
CLEAR_RECORDS: Final = 0xEB
_MAX_ANSWER_DATA_BYTES: Final = 256


def append_record(session: Session, file_no: int, record: bytes, mode: Mode) -> Conversation[None]:
    """Write one whole record at the end."""
    header = transfer_header(file_no, 0, len(record))
    fits = len(header) + carried_bytes(len(record), mode) <= MAX_DATA_BYTES
    ins = WRITE_RECORD if fits else WRITE_RECORD_CHAINED
    yield from session.run(ins, header, record, mode=mode, doing="WriteRecord")


def read_records(
    session: Session, file_no: int, record_bytes: int, count: int, mode: Mode, *, newest: int = 0
) -> Conversation[tuple[bytes, ...]]:
    """`count` records, oldest first, of which the last is the one `newest` places before the newest.

    The file must hold at least newest + count records, or the card answers with a boundary error.
    """
    if count < 1 or not 0 <= newest < TRANSFER_LIMIT:
        raise CallerFault("ReadRecords takes at least one record")
    header = bytes((file_no,)) + newest.to_bytes(3, "little") + count.to_bytes(3, "little")
    length = record_bytes * count
    ins = READ_RECORDS if carried_bytes(length, mode) <= _MAX_ANSWER_DATA_BYTES else READ_RECORDS_CHAINED
    answer = yield from session.run(ins, header, mode=mode, doing="ReadRecords")
    if len(answer) != length:
        raise Malformed(f"ReadRecords: the card returned {len(answer)} bytes, not {length}")
    return tuple(answer[at : at + record_bytes] for at in range(0, length, record_bytes))


def clear_records(session: Session, file_no: int) -> Conversation[None]:
    """Empty the file with the next CommitTransaction."""
    yield from session.run(CLEAR_RECORDS, bytes((file_no,)), mode=Mode.MAC, doing="ClearRecordFile")
