"""The transaction MAC, against the simulated card's own reading of the data sheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.channel.transaction import TransactionMark
from card_protocol.channel.transaction_mac import entry, mac_session_key, proves
from card_protocol.crypto.keys import SecretKey
from card_protocol.errors import CallerFault
from firmware_sim.card import transaction_mac as cards
from firmware_sim.card.access import AccessRights, CommMode
from firmware_sim.card.files import FileHead, TransactionMacFile
from firmware_sim.card.keys import Key
from firmware_sim.card.transaction import Transaction

UID = bytes.fromhex("04112233445566")
KEY = SecretKey(bytes(range(16)), 1)


def a_file(counter: int) -> TransactionMacFile:
    return TransactionMacFile(FileHead(CommMode.FULL, AccessRights(1, 15, 15, 0), None), Key(KEY.reveal()), counter)


def test_an_entry_is_padded_with_zeros_to_blocks():
    assert entry(0x8D, bytes(7), b"\xaa" * 17) == b"\x8d" + bytes(15) + b"\xaa" * 17 + bytes(15)
    assert entry(0xDC, b"\x01\xf4\x01\x00\x00") == bytes.fromhex("DC01F401" + "00" * 12)


@given(st.integers(0, 2**32 - 2))
def test_the_key_is_of_the_counter_after_the_transaction(counter):
    assert mac_session_key(KEY, UID, counter + 1).reveal() == cards.session_key(a_file(counter), UID, 0x5A)


commands = st.lists(
    st.tuples(st.integers(0, 255), st.binary(min_size=1, max_size=10), st.binary(max_size=40)), min_size=1, max_size=5
)


@given(commands, st.integers(0, 1000))
def test_both_ends_agree(transaction, counter):
    file, pending = a_file(counter), Transaction()
    for ins, parameters, data in transaction:
        cards.note(pending, ins, parameters, data)
    cards.finish(file, pending, UID)
    mark = TransactionMark.decode(file.data)
    entries = [entry(*command) for command in transaction]
    assert proves(mark, KEY, UID, entries)
    assert not proves(mark, KEY, UID, [*entries, entry(0x6C, b"\x01")])
    assert not proves(TransactionMark(mark.counter + 1, mark.value), KEY, UID, entries)
    assert not proves(mark, SecretKey(bytes(16)), UID, entries)


@pytest.mark.parametrize(("uid", "counter"), [(bytes(4), 1), (UID, 0), (UID, 1 << 32)])
def test_what_cannot_be(uid, counter):
    with pytest.raises(CallerFault):
        mac_session_key(KEY, uid, counter)
