"""AN10922 and AN10957 examples, the known wrong value, and every length of input."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.crypto.diversify import card_key, diversify
from card_protocol.crypto.keys import SecretKey
from card_protocol.crypto.mac import aes_cmac
from card_protocol.errors import CallerFault

MASTER = SecretKey(bytes.fromhex("00112233445566778899AABBCCDDEEFF"), 5)


def test_an10922_example_2_2_1():
    key = diversify(MASTER, bytes.fromhex("04782E21801D803042F54E585020416275"))
    assert key.reveal().hex().upper() == "A8DD63A3B89D54B37CA802473FDA9175"
    assert key.version == 5


def test_an10957_uid_alone_is_still_padded_to_two_blocks():
    master = SecretKey(bytes.fromhex("F3F9377698707B688EAF84ABE39E3791"))
    uid = bytes.fromhex("04DEADBEEFFEED")
    assert diversify(master, uid).reveal().hex().upper() == "0BB408BAFF98B6EE9F2E1585777F6A51"
    assert aes_cmac(master, b"\x01" + uid).hex().upper() == "721E2C01E81AF85D815633969CEA2607"


@given(st.binary(min_size=16, max_size=31))
def test_beyond_one_block_it_is_a_plain_cmac(m):
    assert diversify(MASTER, m).reveal() == aes_cmac(MASTER, b"\x01" + m)


@given(st.binary(min_size=1, max_size=15))
def test_within_one_block_it_never_is(m):
    assert diversify(MASTER, m).reveal() != aes_cmac(MASTER, b"\x01" + m)


@given(st.binary(min_size=16, max_size=16).map(SecretKey))
def test_subkeys_of_any_master(master):
    m = bytes(31)
    assert diversify(master, m).reveal() == aes_cmac(master, b"\x01" + m)


@pytest.mark.parametrize("m", [b"", bytes(32)])
def test_inputs_that_an10922_does_not_know(m):
    with pytest.raises(CallerFault, match="1 to 31"):
        diversify(MASTER, m)


def test_version_may_be_named():
    assert diversify(MASTER, b"\x04", version=9).version == 9


def test_card_key_is_uid_aid_number_version():
    uid, aid = bytes.fromhex("04DEADBEEFFEED"), bytes.fromhex("014A0C")
    assert card_key(MASTER, uid, aid, 3) == diversify(MASTER, uid + aid + b"\x03\x05")


@pytest.mark.parametrize(("uid", "aid"), [(bytes(4), bytes(3)), (bytes(7), bytes(2)), (bytes(10), bytes(3))])
def test_card_key_wants_the_real_uid(uid, aid):
    with pytest.raises(CallerFault):
        card_key(MASTER, uid, aid, 1)
