"""Keys follow from the layout."""

from card_protocol.crypto.tree import Purpose
from card_protocol.profiles.kinds.kind import Kind, Use
from card_protocol.profiles.layout import ACTIVITY, PURSE
from card_protocol.words.point import PointKind

THIEF = Kind(PointKind.DESK, "claims a credit", writes=(Use(PURSE, "value"),), reads=(Use(ACTIVITY, "membership"),))


def test_the_keys_of_a_file_are_those_of_the_layout() -> None:
    assert Use(PURSE, "value").write_slot.purpose is Purpose.PURSE_DEBIT, "a point debits, whatever it would like"
    assert Use(ACTIVITY, "attendance").write_slot.purpose is Purpose.ACTIVITY
    wanted = {Purpose.DOOR_READ, Purpose.EVENT_APPEND, Purpose.PURSE_DEBIT, Purpose.ACTIVITY}
    assert THIEF.purposes == wanted


def test_a_kind_that_only_opens_serves_nobody() -> None:
    assert not Kind(PointKind.GATE, "opens", has_passage=True).serves
