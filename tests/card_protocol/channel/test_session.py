"""A session lives until anything goes wrong."""

import pytest

from card_protocol.channel.converse import converse
from card_protocol.channel.ev2 import Mode
from card_protocol.channel.session import LAST_COUNTER
from card_protocol.errors import CallerFault, CardGone, MacWrong
from card_protocol.iso7816.status import StatusFault
from firmware_sim.card.access import CommMode
from tests.card_protocol.peer import ScriptedCard, Turn, a_session


def test_counters_go_together():
    session = a_session()
    card = ScriptedCard(*(Turn(0x6E, answer="001122") for _ in range(3)))
    for n in range(1, 4):
        assert converse(session.run(0x6E, mode=Mode.MAC, doing="FreeMem"), card.transmit) == bytes.fromhex("001122")
        assert session.counter == n
    assert session.alive


def test_plain_commands_count_too():
    session = a_session()
    card = ScriptedCard(Turn(0x6A, answer="AA", mode=CommMode.PLAIN))
    assert card.play(session.run(0x6A, mode=Mode.PLAIN, doing="x")) == b"\xaa"
    assert session.counter == 1


def test_a_command_that_ends_the_session_is_answered_bare():
    session = a_session()
    ScriptedCard(Turn(0x55, bare=True)).play(session.run(0x55, mode=Mode.MAC, doing="RollKeySet", ends=True))
    assert not session.alive


@pytest.mark.parametrize("answer", ["919D", "00" * 8 + "9100", "9100"])
def test_any_fault_ends_it(answer):
    session = a_session()
    with pytest.raises((StatusFault, MacWrong)):
        play_raw(session, bytes.fromhex(answer))
    assert not session.alive
    with pytest.raises(CallerFault, match="no session"):
        play_raw(session, b"\x91\x00")


def test_a_card_that_left_ends_it():
    session = a_session()

    def gone(raw):
        raise CardGone("left")

    with pytest.raises(CardGone):
        converse(session.run(0x6E, mode=Mode.MAC, doing="x"), gone)
    assert not session.alive


def play_raw(session, answer):
    return converse(session.run(0x6E, mode=Mode.MAC, doing="x"), lambda raw: answer)


def test_the_counter_never_wraps():
    session = a_session(counter=LAST_COUNTER)
    card = ScriptedCard(Turn(0x6E), counter=LAST_COUNTER)
    card.play(session.run(0x6E, mode=Mode.MAC, doing="x"))
    with pytest.raises(CallerFault):
        play_raw(session, b"\x91\x00")


def test_nothing_secret_is_printed():
    session = a_session(key_no=3)
    assert repr(session) == "<Session key 3, counter 0, alive>"
    session.end()
    assert repr(session) == "<Session key 3, counter 0, ended>"
