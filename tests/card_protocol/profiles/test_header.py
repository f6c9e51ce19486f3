"""The header: one literal example, every header, and every way not to be one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.errors import CallerFault, Malformed
from card_protocol.profiles.header import Header, is_blank
from card_protocol.words.ids import new_ulid
from tests.card_protocol.field import HEADER

HEADER_HEX = (
    "4F43" "01" "01" "330105011003" "0001" "01563E3AB5D3D6764C61EFB99302BD5B" "0011223344556677"
    "512C" "0000" "00000000" + "00" * 20
)  # fmt: skip

headers = st.builds(
    Header,
    community=st.from_regex(r"33[0-9]1[0-9]1[0-9]{2}1[0-9]{2}1", fullmatch=True),
    card_id=st.builds(new_ulid, st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10)),
    holder=st.from_regex(r"[0-9A-F]{16}", fullmatch=True),
    issue_serial=st.integers(0, 0xFFFF),
    issued_day=st.integers(0, 0xFFFF),
    revocation_version=st.integers(0, 0xFFFF_FFFF),
    key_version=st.integers(1, 255),
)


def test_literal_bytes():
    assert HEADER.encode().hex().upper() == HEADER_HEX
    assert Header.decode(bytes.fromhex(HEADER_HEX)) == HEADER


@given(headers)
def test_round_trip(header):
    assert len(header.encode()) == 64
    assert Header.decode(header.encode()) == header


@given(st.binary(min_size=60, max_size=66))
def test_noise_is_malformed(raw):
    with pytest.raises(Malformed):
        Header.decode(raw)


@pytest.mark.parametrize("place", [0, 1, 2, 38, 39, 44, 63])
def test_fixed_bytes_are_checked(place):
    raw = bytearray(HEADER.encode())
    raw[place] ^= 0x80
    with pytest.raises(Malformed):
        Header.decode(bytes(raw))


@pytest.mark.parametrize(("place", "value"), [(3, "00"), (4, "AA0105011003"), (4, "330105011000"), (4, "330000000000")])
def test_fields_are_checked(place, value):
    raw = bytearray(HEADER.encode())
    raw[place : place + len(value) // 2] = bytes.fromhex(value)
    with pytest.raises(Malformed):
        Header.decode(bytes(raw))


@pytest.mark.parametrize(
    "change",
    [
        {"community": "330105011000"},
        {"community": "3301"},
        {"card_id": "nonsense"},
        {"holder": "00"},
        {"holder": "zz11223344556677"},
        {"issue_serial": 1 << 16},
        {"issued_day": -1},
        {"revocation_version": 1 << 32},
        {"key_version": 0},
        {"key_version": 256},
    ],
)
def test_headers_that_cannot_be(change):
    with pytest.raises(CallerFault):
        replace(HEADER, **change)


def test_blank():
    assert is_blank(bytes(64))
    assert not is_blank(HEADER.encode())
