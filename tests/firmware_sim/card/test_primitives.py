"""Padding and truncation; the ciphers themselves are judged in test_vectors."""

from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.card import primitives as p
from tests.firmware_sim.reader import crc32nk

KEY = st.binary(min_size=16, max_size=16)


@given(st.binary(max_size=100))
def test_padding_round_trip(plain: bytes) -> None:
    padded = p.pad(plain)
    assert len(padded) % 16 == 0
    assert 1 <= len(padded) - len(plain) <= 16
    assert p.unpad(padded) == plain


@given(st.binary(max_size=48))
def test_unpad_accepts_only_what_pad_makes(raw: bytes) -> None:
    padded = raw + bytes(-len(raw) % 16)
    plain = p.unpad(padded)
    assert plain is None or p.pad(plain) == padded


def test_broken_padding() -> None:
    assert p.unpad(bytes(16)) is None
    assert p.unpad(b"\x01" * 16) is None
    assert p.unpad(b"\x80" + bytes(31)) is None
    assert p.unpad(b"") is None


@given(KEY, KEY, st.integers(0, 5))
def test_cbc_round_trip(key: bytes, iv: bytes, blocks: int) -> None:
    plain = bytes(range(16)) * blocks
    assert p.cbc_decrypt(key, iv, p.cbc_encrypt(key, iv, plain)) == plain


def test_zero_padding_adds_nothing_to_a_full_block() -> None:
    assert p.zero_pad(bytes(16)) == bytes(16)
    assert p.zero_pad(b"") == b""
    assert p.zero_pad(b"x") == b"x" + bytes(15)


@given(KEY)
def test_crc_bit_by_bit(key: bytes) -> None:
    assert p.crc32_of_key(key) == crc32nk(key)


def test_small_helpers() -> None:
    assert p.rotate_left(b"abc") == b"bca"
    assert p.xor(b"\x0f\xf0", b"\xff\xff") == b"\xf0\x0f"
    assert p.same(b"a", b"a")
    assert not p.same(b"a", b"b")
    assert p.short_mac(bytes(16), b"") == p.cmac(bytes(16), b"")[1::2]
