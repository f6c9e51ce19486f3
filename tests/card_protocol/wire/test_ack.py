"""Acknowledgements: bytes and bounds."""

import pytest
from hypothesis import given

from card_protocol.wire.ack import Ack
from tests.support.codecs import assert_round_trip, assert_strict
from tests.support.wire_strategies import acks


@given(acks)
def test_round_trip_and_strictness(ack: Ack) -> None:
    assert_round_trip(ack)
    assert_strict(ack)


def test_the_bytes_of_one_ack() -> None:
    ack = Ack(gateway="gw-1", epoch="00112233445566aa", upto=0, head_hash="0" * 64, server_ms=7)
    assert ack.to_bytes() == (
        b'{"epoch":"00112233445566aa","gateway":"gw-1","head_hash":"' + b"0" * 64 + b'","server_ms":7,"upto":0}'
    )


def test_there_is_no_event_zero_to_need() -> None:
    with pytest.raises(ValueError, match="no Ack: need_from"):
        Ack.from_bytes(
            b'{"epoch":"00112233445566aa","gateway":"g","head_hash":"' + b"0" * 64
            + b'","server_ms":7,"upto":0,"need_from":0}'
        )  # fmt: skip
