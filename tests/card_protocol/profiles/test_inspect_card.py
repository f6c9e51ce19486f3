"""Inspection: what a card is, and what each role could read of it."""

import pytest

from card_protocol.profiles.inspect_card import Condition, inspect_card, readable_by
from card_protocol.profiles.layout import LAYOUT, Holder
from card_protocol.profiles.personalise import personalise
from card_protocol.profiles.refusal import Cause
from firmware_sim.card.access import AccessRights
from tests.card_protocol.field import HEADER, NEIGHBOUR, UID, dice, issued, issuer, order, stock


def look(field, keys=None):
    return field.run(inspect_card(UID, keys or issuer(), dice(4)))


def test_an_issued_card():
    found = look(issued(grant=b"\x01" * 192))
    assert found.condition is Condition.ISSUED
    assert (found.uid, found.version.generation, found.card_key_version) == (UID, 2, 1)
    assert found.free_bytes > 0
    assert found.unknown_applications == ()
    assert [a.name for a in found.applications] == [a.name for a in LAYOUT]
    assert all(a.present and not a.deviations for a in found.applications)
    assert found.applications[0].key_versions == {
        "master": 1,
        "door read": 1,
        "event append": 1,
        "updater": 1,
        "privacy": 1,
    }
    assert found.applications[0].records == {"events": 0}
    assert found.access.header == HEADER
    assert (found.access.grant, found.access.mark.counter) == (b"\x01" * 192, 1)


def test_a_stock_card():
    found = look(stock())
    assert found.condition is Condition.STOCK
    assert found.access is None
    assert not any(a.present for a in found.applications)


@pytest.mark.parametrize("number", [8, 15, 25, 70])
def test_a_card_that_was_begun(number):
    field = stock()
    field.cut_before = number
    field.run(personalise(order(), issuer(), dice(2)))
    field.cut_before = None
    assert look(field).condition is Condition.BEGUN


def test_deviations_are_named():
    field = issued()
    access = field.card.state.applications[0x0C4A01]
    access.files[2].head.rights = AccessRights(3, 3, 3, 0)
    del access.files[4]
    access.files[9] = access.files[3]
    finding = look(field).applications[0]
    assert finding.deviations == ("file 9", "grant", "events")
    assert look(field).access is None


def test_a_header_that_is_none():
    field = issued()
    field.card.state.applications[0x0C4A01].files[1].data = b"\x01" * 64
    found = look(field)
    assert found.access.header is None
    assert found.condition is Condition.BEGUN


def test_applications_of_others():
    field = issued()
    field.card.state.applications[0x123456] = field.card.state.applications[0x0C4A02]
    assert look(field).unknown_applications == ("123456",)


def test_a_card_of_another_community():
    assert look(issued(keys=issuer(NEIGHBOUR))).cause is Cause.KEY_REJECTED


def test_what_each_role_could_read():
    assert readable_by(Holder.GATEWAY) == (
        ("access", "header"),
        ("access", "grant"),
        ("access", "revocations"),
        ("access", "events"),
    )
    assert readable_by(Holder.CLINIC_POINT) == (("clinic", "pointer"), ("clinic", "visits"))
    assert {application for application, _ in readable_by(Holder.CARE_POINT)} == {"care"}
    assert {application for application, _ in readable_by(Holder.PAY_POINT)} == {"purse"}
    assert len(readable_by(Holder.SERVER)) == sum(len(a.files) for a in LAYOUT)
