"""Value files, byte for byte."""

import pytest

from card_protocol.channel.converse import converse
from card_protocol.channel.ev2 import Mode
from card_protocol.channel.values import credit, debit, get_value, limited_credit
from card_protocol.errors import CallerFault, Malformed
from card_protocol.iso7816.status import StatusFault
from firmware_sim.card.access import CommMode
from tests.card_protocol.peer import ScriptedCard, Turn, a_session


@pytest.mark.parametrize(("answer", "value"), [("10270000", 10_000), ("FEFFFFFF", -2)])
def test_get(answer, value):
    card = ScriptedCard(Turn(0x6C, "01", answer=answer, mode=CommMode.FULL))
    assert card.play(get_value(a_session(), 1, Mode.FULL)) == value


def test_a_value_of_another_size():
    with pytest.raises(Malformed):
        ScriptedCard(Turn(0x6C, "01", answer="102700")).play(get_value(a_session(), 1, Mode.MAC))


@pytest.mark.parametrize(("change", "ins"), [(credit, 0x0C), (debit, 0xDC), (limited_credit, 0x1C)])
def test_changes(change, ins):
    card = ScriptedCard(Turn(ins, "01", "F4010000", mode=CommMode.FULL))
    card.play(change(a_session(), 1, 500, Mode.FULL))
    for amount in (-1, 1 << 31):
        with pytest.raises(CallerFault):
            converse(change(a_session(), 1, amount, Mode.FULL), lambda raw: b"")


def test_past_a_limit():
    with pytest.raises(StatusFault, match=r"Debit: .* boundary error"):
        ScriptedCard(Turn(0xDC, "01", "01000000", status=0xBE)).play(debit(a_session(), 1, 1, Mode.MAC))
