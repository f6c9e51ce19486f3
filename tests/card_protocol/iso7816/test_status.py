"""Status words have names that a person can read."""

import pytest

from card_protocol.iso7816.status import IsoStatus, Status, StatusFault, describe, native


@pytest.mark.parametrize(
    ("sw", "text"),
    [
        (0x9100, "9100 operation ok"),
        (0x91AE, "91AE authentication error"),
        (0x9000, "9000 ok"),
        (0x6A82, "6A82 not found"),
        (0x9155, "9155"),
        (0x6F00, "6F00"),
        (0, "0000"),
    ],
)
def test_describe(sw, text):
    assert describe(sw) == text


def test_native():
    assert native(Status.ADDITIONAL_FRAME) == 0x91AF


def test_a_fault_says_what_was_being_done():
    fault = StatusFault(native(Status.PERMISSION_DENIED), "ReadData")
    assert str(fault) == "ReadData: the card answered 919D permission denied"
    assert fault.is_native(Status.BOUNDARY_ERROR, Status.PERMISSION_DENIED)
    assert not fault.is_native(Status.BOUNDARY_ERROR)
    assert not StatusFault(IsoStatus.OK, "x").is_native(Status.OPERATION_OK)
