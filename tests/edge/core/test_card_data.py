"""Card data of readers on RS-485."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.card_data import uid_of


@pytest.mark.parametrize(
    ("bits", "data", "uid"),
    [
        (32, "A1B2C3D4", "A1B2C3D4"),
        (56, "04112233445566", "04112233445566"),
        (80, "04112233445566778899", "04112233445566778899"),
        # Facility 1, number 1: 0 00000001 0000000000000001 0 with its parity bits, left-aligned in 4 bytes.
        (26, "80800080", "00010001"),
        (26, "00800080", None),
        (26, "80800000", None),
        (37, "0000000000", None),
        (56, "041122", None),
        (0, "", None),
    ],
)
def test_what_is_a_number_and_what_is_not(bits: int, data: str, uid: str | None) -> None:
    assert uid_of(bits, bytes.fromhex(data)) == uid


def wiegand(number: int, payload_bits: int) -> tuple[int, bytes]:
    """The reader's side: even parity in front of the first half, odd parity behind the second."""
    half = payload_bits // 2
    first, second = number >> half, number & (1 << half) - 1
    even, odd = first.bit_count() % 2, 1 - second.bit_count() % 2
    bits = payload_bits + 2
    value = even << bits - 1 | number << 1 | odd
    return bits, (value << -bits % 8).to_bytes(-(-bits // 8), "big")


@given(st.integers(0, 2**24 - 1))
def test_wiegand_26_carries_24_bits(number: int) -> None:
    assert uid_of(*wiegand(number, 24)) == f"{number:08X}"


@given(st.integers(0, 2**32 - 1))
def test_wiegand_34_carries_32_bits(number: int) -> None:
    assert uid_of(*wiegand(number, 32)) == f"{number:08X}"


@given(st.integers(0, 2**24 - 1), st.integers(0, 25))
def test_a_flipped_bit_is_no_number(number: int, position: int) -> None:
    bits, data = wiegand(number, 24)
    flipped = bytearray(data)
    flipped[position // 8] ^= 0x80 >> position % 8
    assert uid_of(bits, bytes(flipped)) is None


@given(st.integers(-5, 200), st.binary(max_size=30))
def test_whatever_a_reader_sends_is_a_number_or_none(bits: int, data: bytes) -> None:
    uid = uid_of(bits, data)
    assert uid is None or len(uid) in (8, 14, 20)
