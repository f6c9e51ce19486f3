"""AES modes against FIPS 197 and SP 800-38A, and padding in both directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.crypto.aes import ZERO_IV, cbc_decrypt, cbc_encrypt, encrypt_block, pad, unpad
from card_protocol.crypto.keys import SecretKey
from card_protocol.errors import CallerFault, Malformed

KEY = SecretKey(bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C"))


def test_fips_197_appendix_c1():
    key = SecretKey(bytes(range(16)))
    block = bytes.fromhex("00112233445566778899AABBCCDDEEFF")
    assert encrypt_block(key, block).hex().upper() == "69C4E0D86A7B0430D8CDB78070B4C55A"


def test_sp800_38a_cbc_aes128():
    iv = bytes(range(16))
    plain = bytes.fromhex("6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51")
    cipher = cbc_encrypt(KEY, iv, plain)
    assert cipher.hex().upper() == "7649ABAC8119B246CEE98E9B12E9197D5086CB9B507219EE95DB113A917678B2"
    assert cbc_decrypt(KEY, iv, cipher) == plain


def test_broken_blocks_are_ours_going_out_and_the_peers_coming_in():
    with pytest.raises(CallerFault):
        cbc_encrypt(KEY, ZERO_IV, bytes(17))
    with pytest.raises(CallerFault):
        encrypt_block(KEY, bytes(15))
    with pytest.raises(Malformed):
        cbc_decrypt(KEY, ZERO_IV, bytes(31))


@given(st.binary(max_size=300))
def test_padding_round_trip(data):
    padded = pad(data)
    assert len(padded) % 16 == 0
    assert 1 <= len(padded) - len(data) <= 16
    assert unpad(padded) == data


def test_padding_as_literal_bytes():
    assert pad(b"") == bytes.fromhex("80000000000000000000000000000000")
    assert pad(bytes(15)) == bytes(15) + b"\x80"
    assert pad(b"\x22" * 16) == b"\x22" * 16 + b"\x80" + bytes(15)


@pytest.mark.parametrize("padded", [b"", bytes(16), b"\x01" * 16, b"\x80" + bytes(16), b"\x7f" + bytes(15)])
def test_padding_that_is_not_there(padded):
    with pytest.raises(Malformed):
        unpad(padded)
