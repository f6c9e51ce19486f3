"""Recycling: stock again, whatever happens on the way."""

import pytest

from card_protocol.profiles.personalise import Issued, personalise
from card_protocol.profiles.recycle import Recycled, recycle
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.tap import read_card
from tests.card_protocol.field import HEADER, NEIGHBOUR, UID, dice, issued, issuer, order, point_keys, stock


def run(field, keys=None):
    return field.run(recycle(UID, keys or issuer(), dice(4)))


def is_stock(field) -> bool:
    state = field.card.state
    return not state.applications and state.picc.settings.raw == 0x0F and state.picc.keys[0].value == bytes(16)


def test_an_issued_card():
    field = issued()
    assert run(field) == Recycled()
    assert is_stock(field)
    assert field.card.state.memory_used == 0
    assert run(field) == Recycled(already=True)


def test_and_issued_again():
    field = issued()
    run(field)
    assert field.run(personalise(order(), issuer(version=2), dice(2))) == Issued(HEADER)


def test_a_card_that_was_only_begun():
    field = stock()
    field.cut_before = 12
    field.run(personalise(order(), issuer(), dice(2)))
    field.cut_before = None
    assert run(field) == Recycled()
    assert is_stock(field)


ROUNDS = 8


@pytest.mark.parametrize("moment", ["cut_before", "cut_after"])
@pytest.mark.parametrize("number", range(ROUNDS))
def test_pulled_away_anywhere_and_put_back(moment, number):
    field = issued()
    setattr(field, moment, number)
    result = run(field)
    assert isinstance(result, CardRefusal)
    assert result.cause is Cause.PULLED_AWAY
    assert field.rounds == number + 1
    setattr(field, moment, None)
    assert isinstance(run(field), Recycled)
    assert is_stock(field)
    assert isinstance(field.run(read_card(UID, point_keys(), dice(3))), CardRefusal)


def test_it_takes_that_many_rounds():
    field = issued()
    run(field)
    assert field.rounds == ROUNDS


def test_a_card_of_another_community():
    assert run(issued(keys=issuer(NEIGHBOUR))).cause is Cause.KEY_REJECTED
