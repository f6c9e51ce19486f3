"""Membership on a card: written by the server, read at points of activities, and by no other point."""

import pytest

from card_protocol.channel.converse import converse
from card_protocol.crypto.tree import Purpose
from card_protocol.errors import CallerFault
from card_protocol.profiles.inspect_card import readable_by
from card_protocol.profiles.key_bundle import COMPARTMENTS
from card_protocol.profiles.kinds.registry import KINDS
from card_protocol.profiles.layout import ACTIVITY, Holder
from card_protocol.profiles.membership import Standing, set_membership, standing_on
from card_protocol.profiles.refusal import CardRefusal
from card_protocol.profiles.visit import OpenVisit, open_visit
from card_protocol.words.point import PointKind
from tests.card_protocol.field import UID, dice, issued, issuer, point_keys


def on_card(field) -> Standing | None:
    visit = field.run(open_visit(UID, ACTIVITY, point_keys(Purpose.ACTIVITY), dice(3)))
    assert isinstance(visit, OpenVisit)
    return standing_on(visit.content)


def test_entered_raised_and_ended():
    field = issued()
    assert on_card(field) is None
    for standing in (Standing.PROBATIONARY, Standing.FULL, Standing.FULL, None):
        assert field.run(set_membership(UID, standing, issuer(), dice(4))) is standing
        assert on_card(field) is standing


@pytest.mark.parametrize(("code", "standing"), [(0, None), (1, Standing.PROBATIONARY), (2, Standing.FULL), (9, None)])
def test_the_byte(code, standing):
    assert standing_on(bytes((code, *bytes(31)))) is standing


@pytest.mark.parametrize("frame", range(8))
def test_a_card_pulled_away_says_the_old_or_the_new(frame):
    field = issued()
    field.cut_before = frame
    done = field.run(set_membership(UID, Standing.FULL, issuer(), dice(4)))
    field.cut_before = None
    assert on_card(field) is (None if isinstance(done, CardRefusal) else Standing.FULL)


def test_no_other_point_can_read_it():
    """No key of it lies in another compartment, and none in the gates'."""
    activity = frozenset(COMPARTMENTS[Holder.ACTIVITY_POINT])
    for kind in PointKind:
        assert bool(activity & KINDS[kind].purposes) == (kind is PointKind.ACTIVITY), kind
    for holder in Holder:
        may = holder in (Holder.ACTIVITY_POINT, Holder.SERVER)
        assert (("activity", "membership") in readable_by(holder)) == may, holder
    gate = point_keys(*KINDS[PointKind.GATE].purposes)
    with pytest.raises(CallerFault):
        converse(open_visit(UID, ACTIVITY, gate, dice(3)), issued().transmit)
