"""The four short cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.card.apdu import Command, parse


@given(st.binary(min_size=4, max_size=4), st.binary(max_size=255), st.booleans())
def test_every_short_command(head: bytes, data: bytes, with_le: bool) -> None:
    raw = head + (bytes((len(data),)) + data if data else b"") + (b"\x00" if with_le else b"")
    assert parse(raw) == Command(*head, data)


@pytest.mark.parametrize(
    "raw", ["", "90", "906000", "9060000002AA", "9060000001AA0000", "906000000001AA", "90600000" + "0000"]
)
def test_lengths_that_do_not_add_up(raw: str) -> None:
    assert parse(bytes.fromhex(raw)) is None
