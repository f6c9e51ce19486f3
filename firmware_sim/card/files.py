"""The file types and their bounds.

A file is plain data; what a command may do with it stands in ``commands``. ``settings()`` gives the answer
of GetFileSettings (MF2DL(H)x0 and MF3ICDx21): FileType, FileOption, AccessRights, then per type.
"""

from dataclasses import dataclass, field
from typing import Literal

from firmware_sim.card.access import AccessRights, CommMode
from firmware_sim.card.keys import Key

MEMORY_BLOCK_BYTES = 32
LIMITED_CREDIT = 0x01
FREE_GET_VALUE = 0x02
TMAC_FILE_BYTES = 12


def u24(value: int) -> bytes:
    """Three bytes, least significant first."""
    return value.to_bytes(3, "little")


def i32(value: int) -> bytes:
    """Four bytes, signed, least significant first."""
    return value.to_bytes(4, "little", signed=True)


def blocks(size: int) -> int:
    """Memory is given out in blocks of 32 bytes."""
    return -(-size // MEMORY_BLOCK_BYTES) * MEMORY_BLOCK_BYTES


@dataclass
class FileHead:
    """What every file has."""

    mode: CommMode
    rights: AccessRights
    iso_id: int | None

    def head(self, kind: int) -> bytes:
        """The first four bytes of GetFileSettings."""
        return bytes((kind, self.mode)) + self.rights.encode()


@dataclass
class StandardFile:
    """Type 00: written at once, without the shelter of a transaction."""

    head: FileHead
    data: bytes
    kind: Literal["standard"] = "standard"

    def settings(self) -> bytes:
        return self.head.head(0x00) + u24(len(self.data))

    def memory_bytes(self) -> int:
        return blocks(len(self.data))


@dataclass
class BackupFile:
    """Type 01: two images; the mirror becomes valid with CommitTransaction, hence twice the memory."""

    head: FileHead
    data: bytes
    kind: Literal["backup"] = "backup"

    def settings(self) -> bytes:
        return self.head.head(0x01) + u24(len(self.data))

    def memory_bytes(self) -> int:
        return 2 * blocks(len(self.data))


@dataclass
class ValueFile:
    """Type 02: a signed 32-bit value between two limits. ``limited_credit_left`` is what LimitedCredit may
    still give back: the debits of the last transaction that had any, and 0 after it was used."""

    head: FileHead
    lower: int
    upper: int
    value: int
    limited_credit_left: int
    flags: int
    kind: Literal["value"] = "value"

    def settings(self) -> bytes:
        limits = i32(self.lower) + i32(self.upper) + i32(self.limited_credit_left)
        return self.head.head(0x02) + limits + bytes((self.flags,))

    def memory_bytes(self) -> int:
        return MEMORY_BLOCK_BYTES


@dataclass
class CyclicRecordFile:
    """Type 04: a ring of ``max_records`` records of which one is the shelter of the running transaction, so
    that at most ``max_records - 1`` can be read back. ``records[0]`` is the oldest."""

    head: FileHead
    record_bytes: int
    max_records: int
    records: list[bytes] = field(default_factory=list)
    kind: Literal["cyclic"] = "cyclic"

    @property
    def capacity(self) -> int:
        """Records that can be read back at most."""
        return self.max_records - 1

    def settings(self) -> bytes:
        sizes = u24(self.record_bytes) + u24(self.max_records) + u24(len(self.records))
        return self.head.head(0x04) + sizes

    def memory_bytes(self) -> int:
        return blocks(self.record_bytes * self.max_records)


@dataclass
class TransactionMacFile:
    """Type 05: counter and value of the last transaction MAC. Its ``read_write`` right is CommitReaderID's."""

    head: FileHead
    key: Key
    counter: int = 0
    value: bytes = bytes(8)
    last_reader_id: bytes = bytes(16)
    kind: Literal["transaction_mac"] = "transaction_mac"

    @property
    def data(self) -> bytes:
        """What ReadData sees: TMC ‖ TMV."""
        return self.counter.to_bytes(4, "little") + self.value

    def settings(self) -> bytes:
        return self.head.head(0x05) + bytes((0x02, self.key.version))

    def memory_bytes(self) -> int:
        return 2 * MEMORY_BLOCK_BYTES


File = StandardFile | BackupFile | ValueFile | CyclicRecordFile | TransactionMacFile
