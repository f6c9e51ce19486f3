"""Commands on files: create, list, describe. Source: MF3DX2, file management commands."""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from card_protocol.channel.converse import Conversation
from card_protocol.channel.ev2 import Mode
from card_protocol.channel.session import Session
from card_protocol.crypto.keys import SecretKey
from card_protocol.errors import CallerFault, Malformed

CREATE_STANDARD: Final = 0xCD
CREATE_BACKUP: Final = 0xCB
CREATE_VALUE: Final = 0xCC
CREATE_CYCLIC: Final = 0xC0
CREATE_TRANSACTION_MAC: Final = 0xCE
GET_FILE_IDS: Final = 0x6F
GET_FILE_SETTINGS: Final = 0xF5

NEVER: Final = 0xF
"""Key number that stands for "nobody"."""

MAX_FILES: Final = 32
_AES_TRANSACTION_KEY: Final = 0x02
_HEAD_BYTES: Final = 4


class FileKind(IntEnum):
    """File types as GetFileSettings numbers them."""

    STANDARD = 0
    BACKUP = 1
    VALUE = 2
    LINEAR = 3
    CYCLIC = 4
    TRANSACTION_MAC = 5


_REST_BYTES: Final = {
    FileKind.STANDARD: 3,
    FileKind.BACKUP: 3,
    FileKind.VALUE: 13,
    FileKind.LINEAR: 9,
    FileKind.CYCLIC: 9,
    FileKind.TRANSACTION_MAC: 2,
}
"""What GetFileSettings adds to the common head."""


@dataclass(frozen=True, slots=True)
class Rights:
    """Key numbers 0 to 13 that may read, write, do both, and change these rights; 15 is nobody.

    14 (everybody) cannot be said: a file that anyone can read without a key has no place on our cards.
    """

    read: int
    write: int
    read_write: int
    change: int

    def __post_init__(self) -> None:
        if any(key_no not in (*range(14), NEVER) for key_no in self.numbers()):
            raise CallerFault("a right belongs to key 0 to 13, or to nobody (15)")

    def numbers(self) -> tuple[int, int, int, int]:
        """All four, in the order of the fields."""
        return self.read, self.write, self.read_write, self.change

    def encode(self) -> bytes:
        """Two bytes, least significant first: read ‖ write ‖ read+write ‖ change, four bits each."""
        return bytes((self.read_write << 4 | self.change, self.read << 4 | self.write))

    @classmethod
    def decode(cls, raw: bytes) -> "Rights":
        """The inverse; Malformed when the card grants something to everybody."""
        try:
            return cls(read=raw[1] >> 4, write=raw[1] & 0xF, read_write=raw[0] >> 4, change=raw[0] & 0xF)
        except CallerFault as fault:
            raise Malformed("a file on the card is open to everybody") from fault


@dataclass(frozen=True, slots=True)
class FileSettings:
    """What a card says of a file. Sizes in bytes; the fields that a kind does not have are 0."""

    kind: FileKind
    mode: Mode
    rights: Rights
    size_bytes: int = 0
    """Of the file, or of one record."""
    max_records: int = 0
    records: int = 0
    lower: int = 0
    upper: int = 0
    limited_credit: bool = False
    key_version: int = 0


def create_data_file(
    session: Session, file_no: int, mode: Mode, rights: Rights, size_bytes: int, *, backup: bool
) -> Conversation[None]:
    """A standard file, or a backup file whose writes wait for CommitTransaction."""
    ins, doing = (CREATE_BACKUP, "CreateBackupDataFile") if backup else (CREATE_STANDARD, "CreateStdDataFile")
    yield from session.run(ins, _head(file_no, mode, rights) + _u24(size_bytes), mode=Mode.MAC, doing=doing)


def create_value_file(
    session: Session, file_no: int, mode: Mode, rights: Rights, *, lower: int, upper: int, limited_credit: bool
) -> Conversation[None]:
    """A signed 32-bit value between two limits, starting at 0."""
    limits = b"".join(n.to_bytes(4, "little", signed=True) for n in (lower, upper, 0))
    header = _head(file_no, mode, rights) + limits + bytes((limited_credit,))
    yield from session.run(CREATE_VALUE, header, mode=Mode.MAC, doing="CreateValueFile")


def create_cyclic_file(
    session: Session, file_no: int, mode: Mode, rights: Rights, *, record_bytes: int, max_records: int
) -> Conversation[None]:
    """A ring of records. One of `max_records` is the shelter of a transaction, so one fewer can be read back."""
    header = _head(file_no, mode, rights) + _u24(record_bytes) + _u24(max_records)
    yield from session.run(CREATE_CYCLIC, header, mode=Mode.MAC, doing="CreateCyclicRecordFile")


def create_transaction_mac_file(
    session: Session, file_no: int, mode: Mode, rights: Rights, key: SecretKey
) -> Conversation[None]:
    """The application's transaction counter and MAC. The AES key goes over enciphered."""
    header = _head(file_no, mode, rights) + bytes((_AES_TRANSACTION_KEY,))
    data = key.reveal() + bytes((key.version,))
    yield from session.run(CREATE_TRANSACTION_MAC, header, data, mode=Mode.FULL, doing="CreateTransactionMACFile")


def get_file_ids(session: Session) -> Conversation[frozenset[int]]:
    """The numbers of the files in the current application."""
    answer = yield from session.run(GET_FILE_IDS, mode=Mode.MAC, doing="GetFileIDs")
    if len(answer) > MAX_FILES or len(set(answer)) != len(answer):
        raise Malformed("GetFileIDs: the list is no list of file numbers")
    return frozenset(answer)


def get_file_settings(session: Session, file_no: int) -> Conversation[FileSettings]:
    """What the card says of a file; Malformed when it says something that files cannot be."""
    answer = yield from session.run(GET_FILE_SETTINGS, bytes((file_no,)), mode=Mode.MAC, doing="GetFileSettings")
    return decode_settings(answer)


def decode_settings(raw: bytes) -> FileSettings:
    """Read FileType ‖ FileOption ‖ AccessRights(2) ‖ what the type adds."""
    try:
        head = FileSettings(FileKind(raw[0]), Mode(raw[1]), Rights.decode(raw[2:_HEAD_BYTES]))
    except (IndexError, ValueError) as error:
        raise Malformed("GetFileSettings: no settings that a file can have") from error
    rest = raw[_HEAD_BYTES:]
    if len(rest) != _REST_BYTES[head.kind]:
        raise Malformed("GetFileSettings: the wrong length for this kind of file")
    if head.kind is FileKind.VALUE:
        lower, upper = (int.from_bytes(rest[at : at + 4], "little", signed=True) for at in (0, 4))
        return replace(head, lower=lower, upper=upper, limited_credit=bool(rest[12] & 1))
    if head.kind is FileKind.TRANSACTION_MAC:
        return replace(head, key_version=rest[1])
    size_bytes, max_records, records = (int.from_bytes(rest[at : at + 3], "little") for at in (0, 3, 6))
    return replace(head, size_bytes=size_bytes, max_records=max_records, records=records)


def _head(file_no: int, mode: Mode, rights: Rights) -> bytes:
    return bytes((file_no, mode.value)) + rights.encode()


def _u24(number: int) -> bytes:
    return number.to_bytes(3, "little")
