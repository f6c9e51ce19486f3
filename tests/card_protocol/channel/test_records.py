"""Records, byte for byte."""

import pytest

from card_protocol.channel.converse import converse
from card_protocol.channel.ev2 import Mode
from card_protocol.channel.records import append_record, clear_records, read_records
from card_protocol.errors import CallerFault, Malformed
from card_protocol.iso7816.apdu import CommandApdu
from card_protocol.iso7816.status import StatusFault
from firmware_sim.card.access import CommMode
from tests.card_protocol.peer import ScriptedCard, Turn, a_session


def test_append():
    card = ScriptedCard(Turn(0x8B, "04000000030000", "AABBCC", mode=CommMode.FULL))
    card.play(append_record(a_session(), 4, bytes.fromhex("AABBCC"), Mode.FULL))


def test_a_long_record_is_chained():
    seen = []

    def card(raw):
        seen.append(CommandApdu.decode(raw).ins)
        return b"\x91\xca"

    with pytest.raises(StatusFault, match="command aborted"):
        converse(append_record(a_session(), 4, bytes(255), Mode.FULL), card)
    assert seen == [0x3B]


def test_read_newest():
    card = ScriptedCard(Turn(0xAB, "04000000020000", answer="AABBCCDD", mode=CommMode.FULL))
    assert card.play(read_records(a_session(), 4, 2, 2, Mode.FULL)) == (b"\xaa\xbb", b"\xcc\xdd")


def test_read_before_the_newest():
    card = ScriptedCard(Turn(0xAB, "04030000010000", answer="AABB"))
    assert card.play(read_records(a_session(), 4, 2, 1, Mode.MAC, newest=3)) == (b"\xaa\xbb",)


@pytest.mark.parametrize(("records", "ins"), [(10, 0xAB), (11, 0xBB)])
def test_a_long_log_is_chained(records, ins):
    seen = []

    def card(raw):
        seen.append(CommandApdu.decode(raw).ins)
        return b"\x91\xbe"

    with pytest.raises(StatusFault, match="boundary"):
        converse(read_records(a_session(), 4, 24, records, Mode.MAC), card)
    assert seen == [ins]


def test_another_number_of_bytes():
    with pytest.raises(Malformed):
        ScriptedCard(Turn(0xAB, "04000000020000", answer="AABBCC")).play(read_records(a_session(), 4, 2, 2, Mode.MAC))


@pytest.mark.parametrize(("count", "newest"), [(0, 0), (1, -1), (1, 1 << 24)])
def test_reads_that_cannot_be(count, newest):
    with pytest.raises(CallerFault):
        converse(read_records(a_session(), 4, 2, count, Mode.MAC, newest=newest), lambda raw: b"")


def test_clear():
    ScriptedCard(Turn(0xEB, "04")).play(clear_records(a_session(), 4))
