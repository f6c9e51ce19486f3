"""Commands on the whole card, byte for byte."""

import pytest

from card_protocol.channel.card import (
    format_card,
    get_card_uid,
    get_free_memory,
    get_version,
    set_random_id,
)
from card_protocol.errors import Malformed
from firmware_sim.card.access import CommMode
from tests.card_protocol.peer import PlainCard, ScriptedCard, Turn, a_session

HARDWARE, SOFTWARE = "04010112001A05", "04010102011A05"
PRODUCTION = "04112233445566BA344951201223"


def test_version_in_three_frames():
    card = PlainCard(
        ("9060000000", HARDWARE + "91AF"), ("90AF000000", SOFTWARE + "91AF"), ("90AF000000", PRODUCTION + "9100")
    )
    version = card.play(get_version())
    assert (version.is_desfire, version.generation, version.storage_bytes) == (True, 2, 8192)
    assert version.uid.hex() == "04112233445566"
    assert (version.batch.hex(), version.week, version.year) == ("ba34495120", 0x12, 0x23)


def test_version_within_a_session():
    card = ScriptedCard(Turn(0x60, answer=HARDWARE + SOFTWARE + PRODUCTION))
    assert card.play(get_version(a_session())).software.hex().upper() == SOFTWARE


def test_a_version_cut_short():
    with pytest.raises(Malformed):
        PlainCard(("9060000000", HARDWARE + "9100")).play(get_version())


def test_uid():
    card = ScriptedCard(Turn(0x51, answer="04112233445566", mode=CommMode.FULL))
    assert card.play(get_card_uid(a_session())).hex() == "04112233445566"
    with pytest.raises(Malformed):
        ScriptedCard(Turn(0x51, answer="04112233", mode=CommMode.FULL)).play(get_card_uid(a_session()))


def test_free_memory():
    assert ScriptedCard(Turn(0x6E, answer="000A00")).play(get_free_memory(a_session())) == 2560
    with pytest.raises(Malformed):
        ScriptedCard(Turn(0x6E, answer="00")).play(get_free_memory(a_session()))


def test_random_id_and_format():
    ScriptedCard(Turn(0x5C, "00", "02", mode=CommMode.FULL)).play(set_random_id(a_session()))
    ScriptedCard(Turn(0xFC)).play(format_card(a_session()))
