"""The common head of the Create…File commands."""

import pytest

from firmware_sim.card.access import AccessRights, CommMode
from firmware_sim.card.commands.file_format import FileParameters
from firmware_sim.card.keys import Key, KeySet, KeySettings
from firmware_sim.card.state import Application
from firmware_sim.card.status import Status, StatusError


def application(iso_files: bool) -> Application:
    return Application(1, KeySettings(), 1, [KeySet([Key()])], iso_files=iso_files)


def test_with_iso_id() -> None:
    parameters = FileParameters(
        bytes.fromhex("05" + "10E1" + "01" + "3012" + "FEFFFFFF" + "07"), application(True), 5, True
    )
    head = parameters.head()
    assert (parameters.number, head.iso_id, head.mode) == (5, 0xE110, CommMode.MAC)
    assert head.rights == AccessRights(1, 2, 3, 0)
    assert (parameters.signed(), parameters.byte()) == (-2, 7)


@pytest.mark.parametrize(
    ("iso", "has_iso", "length", "good"),
    [
        (True, True, 9, True),
        (True, True, 7, False),
        (True, False, 7, True),
        (False, True, 7, True),
        (False, True, 9, False),
    ],
)
def test_length(iso: bool, has_iso: bool, length: int, good: bool) -> None:
    if good:
        FileParameters(bytes(length), application(iso), 3, has_iso)
        return
    with pytest.raises(StatusError) as error:
        FileParameters(bytes(length), application(iso), 3, has_iso)
    assert error.value.status is Status.LENGTH_ERROR
