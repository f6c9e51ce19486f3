"""The revocation stream: bytes and order."""

import pytest
from hypothesis import given
from pydantic import ValidationError

from card_protocol.wire.revocations import MESSAGE_MAX_REVOCATIONS, Revocations
from card_protocol.words.card import CardState
from card_protocol.words.revocation import Revocation
from tests.support.codecs import assert_round_trip, assert_strict
from tests.support.wire_strategies import revocation_messages


def entry(rev_seq: int) -> Revocation:
    return Revocation(
        rev_seq=rev_seq, card_id="01JD0000000000000000000001", state=CardState.LOST, at_ms=0, expires_ms=1
    )


@given(revocation_messages())
def test_round_trip_and_strictness(message: Revocations) -> None:
    assert_round_trip(message)
    assert_strict(message)


@pytest.mark.parametrize(
    ("after", "upto", "numbers"),
    [(0, 5, (1, 2, 3, 5)), (4, 5, (5,)), (4, 4, ()), (0, 9, ()), (0, 0, ())],
)
def test_what_rises_is_a_message(after: int, upto: int, numbers: tuple[int, ...]) -> None:
    message = Revocations(gateway="g", after=after, upto=upto, entries=tuple(map(entry, numbers)))
    assert [e.rev_seq for e in message.entries] == list(numbers)


@pytest.mark.parametrize(
    ("after", "upto", "numbers"),
    [(0, 5, (2, 1)), (0, 5, (1, 1)), (1, 5, (1,)), (0, 5, (6,)), (5, 4, ()), (9, 5, (10,))],
)
def test_what_does_not_rise_is_none(after: int, upto: int, numbers: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError, match="rise from after to upto"):
        Revocations(gateway="g", after=after, upto=upto, entries=tuple(map(entry, numbers)))


def test_a_message_is_bounded() -> None:
    many = tuple(entry(n) for n in range(1, MESSAGE_MAX_REVOCATIONS + 2))
    assert Revocations(gateway="g", after=0, upto=200, entries=many[:-1])
    with pytest.raises(ValidationError, match="at most 200"):
        Revocations(gateway="g", after=0, upto=201, entries=many)
