"""Key commands, byte for byte."""

import pytest

from card_protocol.channel.card_keys import (
    CARD_MASTER_KEY,
    change_key,
    change_key_in_set,
    change_key_settings,
    finalize_key_set,
    get_key_version,
    get_key_version_in_set,
    initialize_key_set,
    roll_key_set,
)
from card_protocol.channel.converse import converse
from card_protocol.crypto.keys import FACTORY_KEY, SecretKey
from card_protocol.errors import CallerFault, Malformed
from firmware_sim.card.access import CommMode
from tests.card_protocol.peer import PlainCard, ScriptedCard, Turn, a_session

NEW = SecretKey(bytes.fromhex("F3847D627727ED3BC9C4CC050489B966"), 1)
OTHER_DATA = "F3847D627727ED3BC9C4CC050489B96601789DFADC"
OWN_DATA = "F3847D627727ED3BC9C4CC050489B96601"


def test_version_without_and_within_a_session():
    assert PlainCard(("90640000010100", "079100")).play(get_key_version(1)) == 7
    assert ScriptedCard(Turn(0x64, "01", answer="07")).play(get_key_version(1, a_session())) == 7
    assert ScriptedCard(Turn(0x64, "4101", answer="02")).play(get_key_version_in_set(1, 1, a_session())) == 2
    with pytest.raises(Malformed):
        PlainCard(("90640000010100", "9100")).play(get_key_version(1))


def test_another_key():
    session = a_session(key_no=0)
    card = ScriptedCard(Turn(0xC4, "02", OTHER_DATA, mode=CommMode.FULL))
    card.play(change_key(session, 2, NEW, FACTORY_KEY))
    assert session.alive


@pytest.mark.parametrize(("number", "header"), [(0, "00"), (CARD_MASTER_KEY, "80")])
def test_the_own_key_ends_the_session(number, header):
    session = a_session(key_no=0)
    card = ScriptedCard(Turn(0xC4, header, OWN_DATA, mode=CommMode.FULL, bare=True))
    card.play(change_key(session, number, NEW))
    assert not session.alive


@pytest.mark.parametrize(("number", "old"), [(0, FACTORY_KEY), (1, None)])
def test_the_old_key_is_given_exactly_for_another_key(number, old):
    with pytest.raises(CallerFault):
        converse(change_key(a_session(key_no=0), number, NEW, old), lambda raw: b"")


def test_key_sets():
    ScriptedCard(Turn(0x56, "0102")).play(initialize_key_set(a_session(), 1))
    turn = Turn(0xC6, "0102", OTHER_DATA, mode=CommMode.FULL)
    ScriptedCard(turn).play(change_key_in_set(a_session(), 1, 2, NEW, FACTORY_KEY))
    ScriptedCard(Turn(0x57, "0105")).play(finalize_key_set(a_session(), 1, 5))
    session = a_session()
    ScriptedCard(Turn(0x55, "01", bare=True)).play(roll_key_set(session, 1))
    assert not session.alive


def test_settings():
    ScriptedCard(Turn(0x54, "", "09", mode=CommMode.FULL)).play(change_key_settings(a_session(), 0x09))
