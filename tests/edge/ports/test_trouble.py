"""A trouble is its code and values; its text is for logs."""

import pytest

from card_protocol.errors import EquipmentFault
from edge.ports.trouble import ReaderMisused, ReaderTrouble, Trouble


def test_a_device_s_trouble_is_equipment_and_a_misuse_is_the_caller_s() -> None:
    fault = ReaderTrouble(Trouble.NO_ANSWER, address=3, port="/dev/ttyUSB0")
    assert isinstance(fault, EquipmentFault)
    assert (fault.trouble, fault.values["address"]) == (Trouble.NO_ANSWER, 3)
    assert str(fault) == "no reader answers at address 3 on /dev/ttyUSB0, or not to this key"
    assert isinstance(ReaderMisused(Trouble.NAME_TAKEN, name="x"), ValueError)


def test_a_value_that_is_missing_is_our_bug() -> None:
    with pytest.raises(KeyError):
        ReaderTrouble(Trouble.NO_ANSWER)
