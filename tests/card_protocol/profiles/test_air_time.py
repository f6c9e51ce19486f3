"""The air-time model: its physics by hand, and the tap's promise."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.errors import CallerFault
from card_protocol.profiles.air_time import RATES_KBIT, CardSpeed, air_time
from card_protocol.profiles.tap import read_card
from tests.card_protocol.field import UID, dice, issued, point_keys

SELECT = (bytes.fromhex("905A000003014A0C00"), bytes.fromhex("9100"))


def test_one_exchange_by_hand():
    """9 + 3 and 2 + 3 bytes, 9 bits each and 2 a frame, 9.44 us a bit, and two turnarounds of 100 us."""
    found = air_time([SELECT])
    assert (found.round_trips, found.frames, found.bytes_on_air) == (1, 2, 17)
    assert found.air_us == round((17 * 9 + 4) * 128 / 13.56) + 200
    assert found.card_us == 300 + 2 * 40
    assert (found.air_ms, found.whole_ms) == (1.7, 2.1)


def test_long_commands_are_chained_and_acknowledged():
    command, answer = bytes(5) + bytes(145), bytes(2)
    found = air_time([(command, answer)])
    assert found.frames == 3 + 2 + 1
    assert found.bytes_on_air == 150 + 3 * 3 + 2 * 3 + 2 + 3
    assert air_time([(command, answer)], fsc_bytes=256).frames == 2


@given(st.lists(st.tuples(st.binary(min_size=4, max_size=261), st.binary(min_size=2, max_size=258)), max_size=6))
def test_every_byte_is_carried_and_faster_is_never_slower(exchanges):
    times = [air_time(exchanges, rate) for rate in RATES_KBIT]
    assert all(a.air_us >= b.air_us for a, b in pairwise(times))
    payload = sum(len(command) + len(answer) for command, answer in exchanges)
    assert all(t.bytes_on_air >= payload + 6 * len(exchanges) for t in times)
    assert len({(t.frames, t.bytes_on_air, t.card_us) for t in times}) == 1


def test_the_cards_own_time_is_an_assumption_that_can_be_changed():
    commit = (bytes.fromhex("90C70000010100"), bytes(22))
    proof = (bytes.fromhex("90AF000020") + bytes(33), bytes(34))
    more = (bytes.fromhex("90AF000000"), bytes(2))
    free = CardSpeed(0, 0, 0, 0)
    assert air_time([commit, proof], speed=free).card_us == 0
    assert air_time([commit], speed=CardSpeed(0, 0, 0, 7)).card_us == 7
    assert air_time([proof], speed=CardSpeed(0, 1, 100, 0)).card_us == 100 + 2 * 5
    assert air_time([more], speed=CardSpeed(0, 1, 100, 0)).card_us == 2


def test_no_such_rate():
    with pytest.raises(CallerFault):
        air_time([], 13_560)


def test_a_tap_is_four_round_trips_and_under_25_ms_on_air():
    field = issued()
    field.run(read_card(UID, point_keys(), dice(3)))
    found = air_time(zip(field.sent, field.received, strict=True))
    assert found.round_trips == 4
    assert found.air_ms <= 25
