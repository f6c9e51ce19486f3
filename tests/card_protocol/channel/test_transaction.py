"""Commit and abort, byte for byte."""

import pytest

from card_protocol.channel.transaction import TransactionMark, abort, commit, commit_marked
from card_protocol.errors import Malformed
from tests.card_protocol.peer import ScriptedCard, Turn, a_session


def test_commit():
    assert ScriptedCard(Turn(0xC7)).play(commit(a_session())) is None


def test_commit_with_counter():
    card = ScriptedCard(Turn(0xC7, "01", answer="050000001122334455667788"))
    mark = card.play(commit_marked(a_session()))
    assert mark == TransactionMark(5, bytes.fromhex("1122334455667788"))


def test_a_mark_of_another_size():
    with pytest.raises(Malformed):
        ScriptedCard(Turn(0xC7, "01", answer="05000000")).play(commit_marked(a_session()))


def test_abort():
    ScriptedCard(Turn(0xA7)).play(abort(a_session()))
