"""CMAC against the examples of SP 800-38B (AES-128) and the EV2 truncation."""

import pytest

from card_protocol.crypto.keys import SecretKey
from card_protocol.crypto.mac import aes_cmac, same, short_mac, truncate

KEY = SecretKey(bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C"))
MESSAGE = bytes.fromhex(
    "6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51"
    "30C81C46A35CE411E5FBC1191A0A52EFF69F2445DF4F9B17AD2B417BE66C3710"
)


@pytest.mark.parametrize(
    ("length", "mac"),
    [
        (0, "BB1D6929E95937287FA37D129B756746"),
        (16, "070A16B46B4D4144F79BDD9DD04A287C"),
        (40, "DFA66747DE9AE63030CA32611497C827"),
        (64, "51F0BEBF7E3B9D92FC49741779363CFE"),
    ],
)
def test_sp800_38b_examples(length, mac):
    assert aes_cmac(KEY, MESSAGE[:length]).hex().upper() == mac


def test_truncation_keeps_odd_indices():
    assert truncate(bytes(range(16))) == bytes((1, 3, 5, 7, 9, 11, 13, 15))
    assert short_mac(KEY, b"").hex().upper() == "1D295928A3127546"


def test_comparison():
    assert same(b"abcd", b"abcd")
    assert not same(b"abcd", b"abce")
    assert not same(b"abcd", b"abc")
