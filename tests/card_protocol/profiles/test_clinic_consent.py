"""The consent bit on a card: written by the server, read by a clinic, and of no use to a gate."""

import pytest

from card_protocol.channel.converse import converse
from card_protocol.crypto.tree import Purpose
from card_protocol.errors import CallerFault
from card_protocol.profiles.clinic_consent import set_consent
from card_protocol.profiles.key_bundle import COMPARTMENTS
from card_protocol.profiles.kinds.registry import KINDS
from card_protocol.profiles.layout import CLINIC, Holder
from card_protocol.profiles.refusal import CardRefusal
from card_protocol.profiles.visit import OpenVisit, open_visit
from card_protocol.words.point import PointKind
from tests.card_protocol.field import UID, dice, issued, issuer, point_keys


def pointer(field) -> bytes:
    visit = field.run(open_visit(UID, CLINIC, point_keys(Purpose.CLINIC), dice(3)))
    assert isinstance(visit, OpenVisit)
    return visit.content


def test_given_and_taken_back():
    field = issued()
    assert not KINDS[PointKind.CLINIC].check_in.may(pointer(field))
    for given in (True, True, False):
        assert field.run(set_consent(UID, given, issuer(), dice(4))) is given
        assert KINDS[PointKind.CLINIC].check_in.may(pointer(field)) is given


@pytest.mark.parametrize("frame", range(8))
def test_a_card_pulled_away_has_the_old_bit_or_the_new_one(frame):
    field = issued()
    field.cut_before = frame
    done = field.run(set_consent(UID, True, issuer(), dice(4)))
    field.cut_before = None
    assert KINDS[PointKind.CLINIC].check_in.may(pointer(field)) == (not isinstance(done, CardRefusal))


def test_a_gate_has_no_key_to_the_clinic_and_a_clinic_none_to_the_purse():
    clinic = frozenset(COMPARTMENTS[Holder.CLINIC_POINT])
    for kind in (PointKind.GATE, PointKind.DOOR, PointKind.CARE, PointKind.ACTIVITY):
        assert not clinic & KINDS[kind].purposes
    assert Purpose.PURSE_DEBIT not in KINDS[PointKind.CLINIC].purposes
    gate = point_keys(*KINDS[PointKind.GATE].purposes)
    with pytest.raises(CallerFault):
        converse(open_visit(UID, CLINIC, gate, dice(3)), issued().transmit)
