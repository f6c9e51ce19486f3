"""Application commands, byte for byte."""

import pytest

from card_protocol.channel.applications import (
    create_application,
    delete_application,
    get_application_ids,
    select_application,
)
from card_protocol.errors import Malformed
from card_protocol.iso7816.status import StatusFault
from tests.card_protocol.peer import PlainCard, ScriptedCard, Turn, a_session

AID = bytes.fromhex("014A0C")


def test_select():
    assert PlainCard(("905A000003014A0C00", "9100")).play(select_application(AID)) is None
    with pytest.raises(StatusFault, match="application not found"):
        PlainCard(("905A000003014A0C00", "91A0")).play(select_application(AID))
    with pytest.raises(Malformed):
        PlainCard(("905A000003014A0C00", "009100")).play(select_application(AID))


@pytest.mark.parametrize(("answer", "aids"), [("", set()), ("014A0C024A0C", {"014a0c", "024a0c"})])
def test_list(answer, aids):
    found = ScriptedCard(Turn(0x6A, answer=answer)).play(get_application_ids(a_session()))
    assert {aid.hex() for aid in found} == aids


def test_a_list_of_parts():
    with pytest.raises(Malformed):
        ScriptedCard(Turn(0x6A, answer="014A")).play(get_application_ids(a_session()))


@pytest.mark.parametrize(
    ("options", "header"),
    [
        ({"keys": 5}, "014A0C0985"),
        ({"keys": 3, "key_sets": 2}, "014A0C09930100021000"),
        ({"keys": 14, "key_sets": 16, "roll_key": 2}, "014A0C099E0100101002"),
    ],
)
def test_create(options, header):
    card = ScriptedCard(Turn(0xCA, header))
    card.play(create_application(a_session(), AID, settings=0x09, **options))


def test_delete():
    ScriptedCard(Turn(0xDA, "014A0C")).play(delete_application(a_session(), AID))
