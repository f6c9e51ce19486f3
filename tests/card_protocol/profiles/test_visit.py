"""Care, clinic, activities, property: each point in its own compartment."""

from dataclasses import replace

import pytest

from card_protocol.channel.converse import converse
from card_protocol.crypto.tree import Purpose
from card_protocol.errors import CallerFault
from card_protocol.profiles.card_records import Attendance, ClinicVisit, Visit
from card_protocol.profiles.layout import ACCESS, ACTIVITY, CARE, CLINIC, PROPERTY, PURSE
from card_protocol.profiles.refusal import Cause
from card_protocol.profiles.visit import OpenVisit, append_visit, open_visit
from tests.card_protocol.field import NEIGHBOUR, UID, dice, issued, point_keys, stock

POINTS = [
    (CARE, (Purpose.CARE_READ, Purpose.CARE_APPEND), Visit(1, 2, 3, 4), 8),
    (CLINIC, (Purpose.CLINIC,), ClinicVisit(1, 2), 6),
    (ACTIVITY, (Purpose.ACTIVITY,), Attendance(1, 2, 3, 4, 5, 6), 6),
    (PROPERTY, (Purpose.PROPERTY,), Visit(1, 2, 3, 4), 6),
]


@pytest.mark.parametrize(("application", "purposes", "record", "rounds"), POINTS, ids=lambda x: getattr(x, "name", ""))
def test_read_and_append(application, purposes, record, rounds):
    field, keys = issued(), point_keys(*purposes)
    card = field.card.state.applications[int.from_bytes(application.aid, "little")]
    card.files[1].data = b"\x05" * application.files[0].size_bytes
    visit = field.run(open_visit(UID, application, keys, dice(3)))
    assert visit.content == card.files[1].data
    assert field.rounds == 4
    assert converse(append_visit(visit, record.encode(), keys, dice(4)), field.transmit) is None
    assert field.rounds == rounds
    assert card.files[2].records == [record.encode()]
    assert "0505" not in repr(visit)


@pytest.mark.parametrize("application", [CARE, CLINIC, ACTIVITY, PROPERTY], ids=lambda a: a.name)
def test_a_door_holds_no_key_to_any_of_it(application):
    with pytest.raises(CallerFault):
        issued().run(open_visit(UID, application, point_keys(), dice(3)))


def test_a_card_pulled_away_from_the_log():
    field, keys = issued(), point_keys(Purpose.CLINIC)
    visit = field.run(open_visit(UID, CLINIC, keys, dice(3)))
    field.cut_after = 4
    assert converse(append_visit(visit, bytes(8), keys, dice(4)), field.transmit).cause is Cause.PULLED_AWAY
    assert field.card.state.applications[0x0C4A03].files[2].records == []


def test_refusals():
    keys = point_keys(Purpose.CLINIC)
    assert stock().run(open_visit(UID, CLINIC, keys, dice(3))).cause is Cause.NO_APPLICATION
    foreign = point_keys(Purpose.CLINIC, community=NEIGHBOUR)
    assert issued().run(open_visit(UID, CLINIC, foreign, dice(3))).cause is Cause.KEY_REJECTED


@pytest.mark.parametrize("application", [ACCESS, PURSE], ids=lambda a: a.name)
def test_other_applications_have_their_own_conversations(application):
    with pytest.raises(CallerFault, match="not an application of visits"):
        issued().run(open_visit(UID, application, point_keys(), dice(3)))


@pytest.mark.parametrize("held", [(), (Purpose.CARE_APPEND,)])
def test_a_care_point_without_the_append_key(held):
    field = issued()
    visit = field.run(open_visit(UID, CARE, point_keys(Purpose.CARE_READ), dice(3)))
    assert isinstance(visit, OpenVisit)
    keys = point_keys(*held, versions=(2,)) if held else replace(point_keys(), leaves={})
    with pytest.raises(CallerFault, match="append key of version 1"):
        converse(append_visit(visit, bytes(16), keys, dice(4)), field.transmit)
