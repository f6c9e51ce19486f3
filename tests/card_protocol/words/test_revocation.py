"""Revocations: bytes, and a reason for every state that opens no door."""

from hypothesis import given

from card_protocol.words.card import OPENS_DOORS, CardState
from card_protocol.words.reason import Reason
from card_protocol.words.revocation import DENIED_AS, Revocation
from tests.support.codecs import assert_round_trip, assert_strict
from tests.support.strategies import revocations


@given(revocations)
def test_round_trip_and_strictness(revocation: Revocation) -> None:
    assert_round_trip(revocation)
    assert_strict(revocation)


def test_every_state_that_opens_nothing_has_its_reason() -> None:
    assert set(DENIED_AS) == set(CardState) - OPENS_DOORS
    assert Reason.GRANTED not in DENIED_AS.values()
    assert DENIED_AS[CardState.LOST] is Reason.LOST
