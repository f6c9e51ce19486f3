"""Key change: all keys of an application together, resumable, and doors accept both versions meanwhile."""

import pytest

from card_protocol.channel.applications import select_application
from card_protocol.channel.authenticate import authenticate_first
from card_protocol.profiles.layout import LAYOUT
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.roll_keys import Rolled, roll_keys
from card_protocol.profiles.tap import CardReading, read_card
from tests.card_protocol.field import NEIGHBOUR, UID, dice, issued, issuer, point_keys

ALL = tuple(application.name for application in LAYOUT)
LAST_IS_ACCESS = (*(name for name in ALL if name != "access"), "access")


def run(field, version=2):
    return field.run(roll_keys(UID, issuer(version=version), dice(4)))


def test_every_key_has_the_new_version():
    field = issued()
    assert run(field) == Rolled(2, LAST_IS_ACCESS)
    keys = issuer(version=2)
    for application in LAYOUT:
        for slot in application.keys:

            def prove(application=application, slot=slot):
                yield from select_application(application.aid)
                key = keys.on_card(slot, application.aid, UID, 2)
                return (yield from authenticate_first(key, slot.number, dice(4)))

            assert field.run(prove()).alive
    assert field.run(read_card(UID, point_keys(versions=(2, 3)), dice(3))).key_version == 2


def test_again_and_again():
    field = issued()
    assert run(field, 2) == Rolled(2, LAST_IS_ACCESS)
    assert run(field, 2) == Rolled(2, ())
    assert run(field, 3) == Rolled(3, LAST_IS_ACCESS)


def rounds() -> int:
    field = issued()
    run(field)
    return field.rounds


ROUNDS = rounds()


@pytest.mark.parametrize("moment", ["cut_before", "cut_after"])
@pytest.mark.parametrize("number", range(ROUNDS))
def test_pulled_away_anywhere(moment, number):
    field = issued()
    setattr(field, moment, number)
    assert isinstance(run(field), CardRefusal)
    setattr(field, moment, None)
    assert isinstance(field.run(read_card(UID, point_keys(versions=(1, 2)), dice(3))), CardReading)
    assert run(field).version == 2
    assert run(field) == Rolled(2, ())


def test_a_card_of_another_community():
    assert run(issued(keys=issuer(NEIGHBOUR))).cause is Cause.KEY_REJECTED
