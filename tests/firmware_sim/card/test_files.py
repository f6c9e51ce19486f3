"""Sizes and settings of the file types."""

from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.card.access import AccessRights, CommMode
from firmware_sim.card.files import (
    BackupFile,
    CyclicRecordFile,
    FileHead,
    StandardFile,
    TransactionMacFile,
    ValueFile,
    blocks,
    i32,
    u24,
)
from firmware_sim.card.keys import Key

HEAD = FileHead(CommMode.FULL, AccessRights(1, 2, 3, 0), None)


@given(st.integers(1, 8000))
def test_memory_comes_in_blocks(size: int) -> None:
    assert blocks(size) % 32 == 0
    assert 0 <= blocks(size) - size < 32
    assert BackupFile(HEAD, bytes(size)).memory_bytes() == 2 * StandardFile(HEAD, bytes(size)).memory_bytes()


def test_settings_are_literal() -> None:
    assert StandardFile(HEAD, bytes(0x123)).settings().hex() == "00033012" + "230100"
    assert ValueFile(HEAD, -1, 2, 0, 5, 1).settings().hex() == "02033012" + "ffffffff" + "02000000" + "05000000" + "01"
    assert CyclicRecordFile(HEAD, 4, 9, [b"abcd"]).settings().hex() == "04033012" + "040000" + "090000" + "010000"
    assert TransactionMacFile(HEAD, Key(version=7)).settings().hex() == "05033012" + "0207"


def test_one_record_is_the_shelter() -> None:
    file = CyclicRecordFile(HEAD, 24, 16)
    assert file.capacity == 15
    assert file.memory_bytes() == 384


def test_transaction_mac_content() -> None:
    file = TransactionMacFile(HEAD, Key(), counter=0x01020304, value=b"12345678")
    assert file.data == b"\x04\x03\x02\x01" + b"12345678"
    assert (ValueFile(HEAD, 0, 0, 0, 0, 0).memory_bytes(), file.memory_bytes()) == (32, 64)


def test_numbers() -> None:
    assert (u24(0x010203), i32(-2)) == (b"\x03\x02\x01", b"\xfe\xff\xff\xff")
