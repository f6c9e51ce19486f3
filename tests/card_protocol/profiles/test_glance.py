"""A card looked at without keys."""

import pytest

from card_protocol.channel.converse import converse
from card_protocol.profiles.glance import Glance, glance
from card_protocol.profiles.refusal import CardRefusal, Cause
from tests.card_protocol.field import UID, issued, issuer, stock


def test_a_card_of_ours_and_a_blank_one():
    found, blank = issued().run(glance()), stock().run(glance())
    assert (found.key_version, found.is_like_ours, found.version.uid) == (1, True, UID)
    assert (found.version.is_desfire, found.version.generation) == (True, 2)
    assert (blank.key_version, blank.is_like_ours) == (None, False)


def test_the_version_of_the_keys_is_told():
    assert issued(keys=issuer(version=2)).run(glance()).key_version == 2


def test_nothing_is_asked_that_needs_a_key():
    field = issued()
    field.run(glance())
    assert [command[1] for command in field.sent] == [0x5A, 0x60, 0xAF, 0xAF, 0x5A, 0x64]


def test_a_bank_card_does_not_know_what_we_mean():
    found = converse(glance(), lambda _command: bytes.fromhex("6E00"))
    assert isinstance(found, CardRefusal)
    assert found.cause is Cause.NO_APPLICATION


def test_a_card_that_will_not_say_whether_it_has_our_application():
    field = issued()
    field.card.power_on()
    selections = []

    def transmit(command: bytes) -> bytes:
        if command[1] == 0x5A:
            selections.append(command)
        return bytes.fromhex("919D") if len(selections) == 2 else field.card.transmit(command)

    found = converse(glance(), transmit)
    assert isinstance(found, CardRefusal)
    assert found.cause is Cause.SESSION_LOST


@pytest.mark.parametrize("cut", range(6))
def test_a_card_that_leaves(cut: int):
    field = issued()
    field.cut_before = cut
    found = field.run(glance())
    assert isinstance(found, CardRefusal)
    assert found.cause is Cause.PULLED_AWAY


def test_a_factory_key_is_not_ours():
    assert not Glance(stock().run(glance()).version, 0).is_like_ours
