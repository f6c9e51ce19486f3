"""After the unlock: reading what rides on the card, and writing in one transaction."""

from dataclasses import replace

import pytest

from card_protocol.channel.converse import converse
from card_protocol.crypto.tree import Purpose
from card_protocol.errors import CallerFault
from card_protocol.profiles.card_records import AccessEvent, Passage
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.tap import read_card
from card_protocol.profiles.write_back import WriteBack, read_grant, read_last_event, read_revocations, write_back
from tests.card_protocol.field import UID, dice, issued, point_keys

EVENT = AccessEvent(Passage.IN, 1, 2, 1_790_000_000_000, 3, 4).encode()
GRANT, OLD, NEW = (bytes((n,)) * 192 for n in (1, 2, 3))


def tapped(field, keys=None):
    reading = field.run(read_card(UID, keys or point_keys(), dice(3)))
    field.sent.clear()
    field.received.clear()
    return reading


def test_one_round_trip_for_each_file():
    field = issued(grant=GRANT, revocations=OLD)
    reading = tapped(field)
    assert converse(read_grant(reading), field.transmit) == GRANT
    assert converse(read_revocations(reading), field.transmit) == OLD
    assert field.rounds == 2


def test_event_and_revocations_in_five_round_trips():
    field = issued(revocations=OLD)
    reading = tapped(field)
    what = WriteBack(EVENT, NEW)
    mark = converse(write_back(reading, point_keys(), what, dice(5)), field.transmit)
    assert mark.counter == 2
    assert [raw[1] for raw in field.sent] == [0x77, 0xAF, 0x8D, 0x8B, 0xC7]
    files = field.card.state.applications[0x0C4A01].files
    assert files[3].data == NEW
    assert files[4].records == [EVENT]
    assert EVENT.hex() not in repr(what)


def test_an_event_alone():
    field = issued(revocations=OLD)
    reading = tapped(field)
    assert converse(write_back(reading, point_keys(), WriteBack(EVENT), dice(5)), field.transmit).counter == 2
    assert field.card.state.applications[0x0C4A01].files[3].data == OLD


def test_the_sixteen_newest_events_stay():
    field = issued()
    for n in range(18):
        reading = tapped(field)
        converse(write_back(reading, point_keys(), WriteBack(bytes((n,)) * 24), dice(n)), field.transmit)
    records = field.card.state.applications[0x0C4A01].files[4].records
    assert [record[0] for record in records] == list(range(2, 18))


def test_the_newest_event_is_read_in_one_round_trip_and_an_empty_log_is_none():
    field = issued()
    assert converse(read_last_event(tapped(field)), field.transmit) is None
    for n in range(3):
        reading = tapped(field)
        converse(write_back(reading, point_keys(), WriteBack(bytes((n,)) * 24), dice(n)), field.transmit)
    reading = tapped(field)
    assert converse(read_last_event(reading), field.transmit) == bytes((2,)) * 24
    assert field.rounds == 1
    field.cut_before = 1
    refusal = converse(read_last_event(tapped(issued())), field.transmit)
    assert isinstance(refusal, CardRefusal)
    assert refusal.cause is Cause.PULLED_AWAY


def test_a_card_that_leaves_keeps_what_it_had():
    field = issued(revocations=OLD)
    reading = tapped(field)
    field.cut_before = 4
    result = converse(write_back(reading, point_keys(), WriteBack(EVENT, NEW), dice(5)), field.transmit)
    assert isinstance(result, CardRefusal)
    assert result.cause is Cause.PULLED_AWAY
    files = field.card.state.applications[0x0C4A01].files
    assert (files[3].data, files[4].records, files[5].counter) == (OLD, [], 1)


@pytest.mark.parametrize(
    "keys", [point_keys(Purpose.DOOR_READ), replace(point_keys(), leaves={}), point_keys(versions=(2,))]
)
def test_a_point_without_the_append_key(keys):
    field = issued()
    with pytest.raises(CallerFault, match="event append"):
        converse(write_back(tapped(field), keys, WriteBack(EVENT), dice(5)), field.transmit)
