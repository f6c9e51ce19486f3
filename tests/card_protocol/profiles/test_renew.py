"""Renewal: everything in one transaction, and only for the card that is meant."""

from dataclasses import replace

import pytest

from card_protocol.profiles.refusal import Cause
from card_protocol.profiles.renew import Renewal, renew
from tests.card_protocol.field import HEADER, NEIGHBOUR, UID, dice, issued, issuer

RENEWAL = Renewal(replace(HEADER, revocation_version=9), b"\x07" * 192, b"\x08" * 192)


def run(field, renewal=RENEWAL, keys=None):
    return field.run(renew(UID, renewal, keys or issuer(), dice(4)))


def test_nine_round_trips_and_one_transaction():
    field = issued(grant=b"\x01" * 192)
    assert run(field).counter == 2
    assert field.rounds == 9
    files = field.card.state.applications[0x0C4A01].files
    assert (files[1].data, files[2].data, files[3].data) == (
        RENEWAL.header.encode(),
        RENEWAL.grant,
        RENEWAL.revocations,
    )


def test_a_card_keeps_its_key_version():
    assert run(issued(keys=issuer(version=1)), keys=issuer(version=2)).counter == 2


def test_another_card():
    other = replace(RENEWAL, header=replace(HEADER, card_id="01BX5ZZKBKACTAV9WEVGEMMVRZ"))
    assert run(issued(), other).cause is Cause.ALREADY_ISSUED


def test_a_card_that_is_not_issued():
    field = issued()
    field.card.state.applications[0x0C4A01].files[1].data = bytes(64)
    assert run(field).cause is Cause.NOT_ISSUED


@pytest.mark.parametrize("number", range(9))
def test_pulled_away_anywhere(number):
    field = issued(grant=b"\x01" * 192)
    field.cut_before = number
    assert run(field).cause is Cause.PULLED_AWAY
    field.cut_before = None
    assert field.card.state.applications[0x0C4A01].files[2].data == b"\x01" * 192
    assert run(field).counter == 2


def test_a_card_of_another_community():
    assert run(issued(keys=issuer(NEIGHBOUR))).cause is Cause.KEY_REJECTED
