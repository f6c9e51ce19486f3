"""The tap: four round trips, two key versions, hidden UIDs, and every refusal that a door must make."""

from dataclasses import replace

import pytest

from card_protocol.channel.converse import converse
from card_protocol.crypto.tree import Purpose
from card_protocol.errors import CallerFault
from card_protocol.profiles.personalise import personalise
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.tap import CardReading, read_card
from tests.card_protocol.field import (
    HEADER,
    NEIGHBOUR,
    UID,
    dice,
    issued,
    issuer,
    order,
    point_keys,
    stock,
)


def tap(field, keys=None, uid=None, prefer=None):
    field.card.power_on()
    uid = field.card.uid if uid is None else uid
    return converse_again(field, read_card(uid, keys or point_keys(), dice(3), prefer=prefer))


def converse_again(field, conversation):
    field.sent.clear()
    field.received.clear()
    return converse(conversation, field.transmit)


def cause(result) -> Cause:
    assert isinstance(result, CardRefusal), result
    return result.cause


def test_four_round_trips():
    field = issued()
    reading = tap(field)
    assert isinstance(reading, CardReading)
    assert (reading.uid, reading.header, reading.key_version) == (UID, HEADER, 1)
    assert field.rounds == 4
    assert [raw[1] for raw in field.sent] == [0x5A, 0x71, 0xAF, 0xAD]
    assert reading.session.alive
    assert reading.session.key_no == 1
    assert "session" not in repr(reading)


def test_a_door_accepts_two_versions():
    old, new = issued(), issued(keys=issuer(version=2))
    both = point_keys(versions=(1, 2))
    assert tap(new, both).key_version == 2
    assert new.rounds == 4
    assert tap(old, both).key_version == 1
    assert old.rounds == 7
    assert tap(old, both, prefer=1).key_version == 1
    assert old.rounds == 4
    assert tap(new, both, prefer=9).key_version == 2


@pytest.mark.parametrize(("card_version", "door_versions"), [(1, (2,)), (3, (1, 2))])
def test_a_version_that_the_door_does_not_hold(card_version, door_versions):
    field = issued(keys=issuer(version=card_version))
    assert cause(tap(field, point_keys(versions=door_versions))) is Cause.KEY_VERSION
    assert field.rounds == 4


def test_a_card_of_another_community():
    field = issued(keys=issuer(NEIGHBOUR))
    assert cause(tap(field)) is Cause.KEY_REJECTED


def test_a_card_that_moved_with_its_keys():
    moved = replace(point_keys(), community=NEIGHBOUR)
    assert cause(tap(issued(), moved)) is Cause.WRONG_COMMUNITY


def test_a_copied_uid():
    other = bytes.fromhex("04AABBCCDDEEFF")
    assert cause(tap(issued(uid=other), uid=UID)) is Cause.KEY_REJECTED


def test_a_card_from_the_factory():
    assert cause(tap(stock())) is Cause.NO_APPLICATION


def test_a_card_that_is_not_finished():
    whole = stock()
    whole.run(personalise(order(), issuer(), dice(2)))
    field = stock()
    field.cut_before = whole.rounds - 1
    assert cause(field.run(personalise(order(), issuer(), dice(2)))) is Cause.PULLED_AWAY
    field.cut_before = None
    assert cause(tap(field)) is Cause.NOT_ISSUED


@pytest.mark.parametrize("uid", [b"", bytes(4), bytes.fromhex("08112233"), bytes(10)])
def test_uids_that_none_of_our_cards_has(uid):
    assert cause(converse(read_card(uid, point_keys(), dice()), lambda raw: b"")) is Cause.NOT_OUR_UID


def hidden(*privacy_versions: int):
    held = point_keys()
    leaves = held.leaves | {Purpose.PRIVACY: tuple(issuer().leaf(Purpose.PRIVACY, v) for v in privacy_versions)}
    return replace(held, leaves=leaves)


def test_a_card_that_hides_its_uid():
    field = issued(random_id=True)
    field.card.power_on()
    assert len(field.card.uid) == 4
    reading = tap(field, hidden(1))
    assert reading.uid == UID
    assert field.rounds == 7


def test_a_hidden_card_of_another_version():
    assert cause(tap(issued(random_id=True), hidden(2))) is Cause.KEY_VERSION


def test_a_point_without_the_key():
    with pytest.raises(CallerFault, match="holds no door read key"):
        tap(issued(), replace(point_keys(), leaves={}))


def test_a_bank_card():
    assert cause(converse(read_card(UID, point_keys(), dice()), lambda raw: bytes.fromhex("6E00"))) is (
        Cause.NO_APPLICATION
    )
