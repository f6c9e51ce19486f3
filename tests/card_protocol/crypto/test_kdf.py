"""SP 800-108 in counter mode, rebuilt by hand from the PRF."""

import pytest
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.crypto.kdf import AES_KDF, SM4_KDF
from card_protocol.crypto.keys import SecretKey

PARENT = SecretKey(bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C"))


def by_hand(cipher, label: bytes, context: bytes) -> bytes:
    prf = CMAC(cipher(PARENT.reveal()))
    prf.update(b"\x01" + label + b"\x00" + context + bytes.fromhex("00000080"))
    return prf.finalize()


@pytest.mark.parametrize(("kdf", "cipher"), [(AES_KDF, algorithms.AES), (SM4_KDF, algorithms.SM4)])
@given(label=st.binary(min_size=1, max_size=40), context=st.binary(max_size=40))
def test_one_block_of_counter_mode(kdf, cipher, label, context):
    assert kdf.derive(PARENT, label, context, 1).reveal() == by_hand(cipher, label, context)


def test_version_names_the_child_only():
    one, two = (AES_KDF.derive(PARENT, b"label", b"context", version) for version in (1, 2))
    assert one.reveal() == two.reveal()
    assert (one.version, two.version) == (1, 2)


def test_ciphers_differ():
    assert AES_KDF.derive(PARENT, b"l", b"c", 1) != SM4_KDF.derive(PARENT, b"l", b"c", 1)
