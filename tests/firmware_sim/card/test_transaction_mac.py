"""TMI, keys and value, against literal composition (the whole path stands in commands/test_transactions)."""

from firmware_sim.card import transaction_mac
from firmware_sim.card.access import AccessRights, CommMode
from firmware_sim.card.files import FileHead, TransactionMacFile
from firmware_sim.card.keys import Key
from firmware_sim.card.transaction import Transaction
from tests.firmware_sim.reader import UID, ZERO, aes, cmac16, mac8

KEY = bytes(range(16))


def file() -> TransactionMacFile:
    return TransactionMacFile(FileHead(CommMode.MAC, AccessRights(1, 15, 2, 0), None), Key(KEY), counter=0x0102FF)


def test_keys_use_the_next_counter() -> None:
    vector = bytes.fromhex("5A00010080" + "00030100") + UID
    assert transaction_mac.session_key(file(), UID, 0x5A) == cmac16(KEY, vector)


def test_input_is_padded_part_by_part() -> None:
    transaction = Transaction()
    transaction_mac.note(transaction, 0xEB, b"\x04")
    transaction_mac.note(transaction, 0x8D, bytes(7), b"x")
    assert bytes(transaction.mac_input) == b"\xeb\x04" + bytes(14) + b"\x8d" + bytes(15) + b"x" + bytes(15)


def test_reader_id_and_finish() -> None:
    tmac, transaction = file(), Transaction()
    enc = cmac16(KEY, bytes.fromhex("A500010080" + "00030100") + UID)
    sealed = transaction_mac.commit_reader_id(tmac, transaction, UID, b"N" * 16)
    assert sealed == aes(enc, ZERO, bytes(16))
    mac_key = transaction_mac.session_key(tmac, UID, 0x5A)
    transaction_mac.finish(tmac, transaction, UID)
    assert tmac.value == mac8(mac_key, b"\xc8" + b"N" * 16 + sealed + bytes(15))
    assert (tmac.counter, tmac.last_reader_id) == (0x010300, b"N" * 16)
