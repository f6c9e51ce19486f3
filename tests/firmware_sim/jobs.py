"""Small jobs at a card, shared by the tests."""

from tests.firmware_sim.reader import FULL, ZERO, Reader, le3

AID = 0x0C0001


def rights(read: int = 1, write: int = 2, read_write: int = 3, change: int = 0) -> bytes:
    return bytes((read_write << 4 | change, read << 4 | write))


def standard(reader: Reader, number: int, size: int, mode: int = 3, access: bytes | None = None) -> None:
    reader.command(0xCD, bytes((number, mode)) + (access or rights()) + le3(size))


def backup(reader: Reader, number: int, size: int, mode: int = 3, access: bytes | None = None) -> None:
    reader.command(0xCB, bytes((number, mode)) + (access or rights()) + le3(size))


def cyclic(reader: Reader, number: int, size: int, records: int, mode: int = 3) -> None:
    reader.command(0xC0, bytes((number, mode)) + rights() + le3(size) + le3(records))


def value(reader: Reader, number: int, lower: int, upper: int, start: int, flags: int = 1) -> None:
    amounts = b"".join(n.to_bytes(4, "little", signed=True) for n in (lower, upper, start))
    reader.command(0xCC, bytes((number, 3)) + rights() + amounts + bytes((flags,)))


def transaction_mac(reader: Reader, number: int, key: bytes, access: bytes) -> None:
    reader.command(0xCE, bytes((number, 1)) + access + b"\x02", key + b"\x07", FULL)


def write_full(reader: Reader, number: int, offset: int, data: bytes) -> None:
    reader.command(0x8D, bytes((number,)) + le3(offset) + le3(len(data)), data, FULL)


def read_full(reader: Reader, number: int, offset: int, length: int) -> bytes:
    return reader.command(0xAD, bytes((number,)) + le3(offset) + le3(length), mode=FULL)


def commit(reader: Reader) -> None:
    reader.command(0xC7)


def login(reader: Reader, number: int, key: bytes = ZERO) -> Reader:
    reader.authenticate(number, key)
    return reader
