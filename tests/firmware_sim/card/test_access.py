"""Access rights on the wire, and the mode they lead to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.card.access import AccessRights, CommMode, comm_mode, mode_for
from firmware_sim.card.status import Status, StatusError


@given(st.binary(min_size=2, max_size=2))
def test_round_trip(raw: bytes) -> None:
    assert AccessRights.decode(raw).encode() == raw


def test_nibbles() -> None:
    rights = AccessRights.decode(bytes.fromhex("3012"))
    assert (rights.read, rights.write, rights.read_write, rights.change) == (1, 2, 3, 0)
    assert AccessRights(1, 0xE, 0xF, 0).named_keys() == {0, 1}


def test_both_plain_encodings() -> None:
    assert [comm_mode(option) for option in range(4)] == [CommMode.PLAIN, CommMode.MAC, CommMode.PLAIN, CommMode.FULL]


@given(
    holders=st.lists(st.integers(0, 15), min_size=1, max_size=3).map(tuple),
    key=st.none() | st.integers(0, 13),
    mode=st.sampled_from(CommMode),
)
def test_mode(holders: tuple[int, ...], key: int | None, mode: CommMode) -> None:
    """Said once more: own key, then free, then refused with the reason that fits."""
    try:
        result: CommMode | Status = mode_for(holders, key, mode)
    except StatusError as error:
        result = error.status
    if key in holders:
        assert result is mode
    elif 0xE in holders:
        assert result is CommMode.PLAIN
    elif key is None and set(holders) != {0xF}:
        assert result is Status.AUTHENTICATION_ERROR
    else:
        assert result is Status.PERMISSION_DENIED


def test_order_of_the_enum_is_the_wire() -> None:
    with pytest.raises(ValueError, match="2"):
        CommMode(2)
