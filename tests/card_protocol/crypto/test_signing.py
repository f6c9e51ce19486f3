"""Ed25519: RFC 8032 test key, tags, and everything that must not verify."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.crypto.signing import Signer, Verifier, tagged
from card_protocol.errors import CallerFault

SEED = bytes.fromhex("9D61B19DEFFD5A60BA844AF492EC2CC44449C5697B326919703BAC031CAE7F60")
SIGNER = Signer(SEED)


def test_rfc8032_test_1_public_key():
    assert SIGNER.verifier.public_bytes.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


def test_the_signature_is_the_plain_one():
    assert SIGNER.sign(b"message") == Ed25519PrivateKey.from_private_bytes(SEED).sign(b"message")


@given(st.binary(max_size=200), st.integers(0, 511))
def test_one_flipped_bit_is_enough(message, bit):
    signature = bytearray(SIGNER.sign(message))
    assert SIGNER.verifier.verify(message, bytes(signature))
    signature[bit // 8] ^= 1 << (bit % 8)
    assert not SIGNER.verifier.verify(message, bytes(signature))


def test_a_signature_is_worth_nothing_for_another_message_key_or_length():
    signature = SIGNER.sign(b"message")
    assert not SIGNER.verifier.verify(b"messagf", signature)
    assert not SIGNER.verifier.verify(b"message", signature[:-1])
    assert not SIGNER.verifier.verify(b"message", signature + b"\x00")
    assert not Signer(bytes(32)).verifier.verify(b"message", signature)


def test_tags_separate_kinds_and_cannot_run_into_messages():
    assert tagged(b"grant", b"x") == b"grant\x00x"
    for tag in (b"", b"a\x00b"):
        with pytest.raises(CallerFault):
            tagged(tag, b"x")


def test_sizes():
    with pytest.raises(CallerFault):
        Signer(bytes(31))
    with pytest.raises(CallerFault):
        Verifier(bytes(33))


def test_nothing_secret_is_printed():
    assert repr(SIGNER) == "<Signer of <Verifier d75a9801…>>"
    assert SEED.hex() not in repr(SIGNER)
