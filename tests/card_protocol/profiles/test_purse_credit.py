"""Money onto a purse: once, at whatever frame the card is pulled away."""

import pytest

from card_protocol.profiles.card_records import PurseEntry
from card_protocol.profiles.purse import Settlement
from card_protocol.profiles.purse_credit import PURSE_MAX_FEN, Credited, Purse, credit_once, find_credit, look_into
from card_protocol.profiles.refusal import CardRefusal, Cause
from tests.card_protocol.field import NEIGHBOUR, UID, dice, issued, issuer

FRAMES = 16
"""More than there are, so that the last cut cuts nothing."""


def record(amount=2000, seq=1):
    return PurseEntry(amount, 0xDE5C, seq, 29_833_333)


def paid_in(field, entry, before=0):
    return field.run(credit_once(UID, entry, before, issuer(), dice(4)))


def value_of(field) -> int:
    return field.card.state.applications[0x0C4A06].files[1].value


def test_looking_and_paying_in():
    field = issued()
    assert field.run(look_into(UID, issuer(), dice(3))) == Purse(0, 0)
    assert paid_in(field, record()) == Credited(1, 2000, already=False)
    assert field.run(look_into(UID, issuer(), dice(3))) == Purse(2000, 1)
    assert field.card.state.applications[0x0C4A06].files[2].records[-1] == record().encode()


@pytest.mark.parametrize("side", ["cut_before", "cut_after"])
@pytest.mark.parametrize("frame", range(FRAMES))
def test_a_card_pulled_away_anywhere_gets_it_once(side, frame):
    field = issued()
    setattr(field, side, frame)
    paid_in(field, record())
    field.cut_before = field.cut_after = None
    again = paid_in(field, record())
    assert isinstance(again, Credited)
    assert (again.counter, again.value, value_of(field)) == (1, 2000, 2000)


def test_what_was_carried_out_long_ago_is_found_in_the_log():
    field = issued()
    paid_in(field, record())
    for number in range(2, 5):
        paid_in(field, record(100, number), number - 1)
    assert paid_in(field, record()) == Credited(1, None, already=True)
    assert value_of(field) == 2300


def test_a_log_that_has_forgotten_pays_nothing_in():
    field = issued()
    for number in range(1, 36):
        paid_in(field, record(1, number), number - 1)
    assert paid_in(field, record(seq=99)) is Settlement.UNKNOWN
    assert value_of(field) == 35


def test_a_purse_at_its_limit_takes_no_more():
    field = issued()
    paid_in(field, record(PURSE_MAX_FEN - 100))
    full = paid_in(field, record(101, 2), 1)
    assert isinstance(full, CardRefusal)
    assert full.cause is Cause.OVER_LIMIT
    assert value_of(field) == PURSE_MAX_FEN - 100
    assert paid_in(field, record(100, 2), 1) == Credited(2, PURSE_MAX_FEN, already=False)


def test_another_card_and_a_counter_that_went_back():
    back = paid_in(issued(), record(), 7)
    assert isinstance(back, CardRefusal)
    assert back.cause is Cause.COUNTER_BACK


def test_what_is_on_the_card_is_found_without_paying_in():
    field = issued()
    assert field.run(find_credit(UID, record(), 0, issuer(), dice(5))) is Settlement.NOT_CARRIED_OUT
    paid_in(field, record())
    assert field.run(find_credit(UID, record(), 0, issuer(), dice(5))) == Credited(1, 2000, already=True)
    assert value_of(field) == 2000


def test_keys_of_another_community_are_refused():
    stranger = issuer(NEIGHBOUR)
    for job in (credit_once, find_credit):
        assert isinstance(issued().run(job(UID, record(), 0, stranger, dice(4))), CardRefusal)


def test_an_answer_that_was_bent_is_a_refusal_and_the_purse_is_right_the_next_time():
    field = issued()
    paid_in(field, record())
    for frame in range(field.rounds):
        field = issued()
        field.bend = (frame, 0, 1)
        assert isinstance(paid_in(field, record()), CardRefusal)
        field.bend = None
        assert isinstance(paid_in(field, record()), Credited)
        assert value_of(field) == 2000
