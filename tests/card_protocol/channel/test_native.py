"""Frames, chains in both directions, and everything that a chain may not do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.channel import native
from card_protocol.channel.converse import converse
from card_protocol.channel.native import LINK_BYTES, challenge, exchange, one_frame, proof
from card_protocol.errors import KeyRejected, Malformed, TooLong
from card_protocol.iso7816.apdu import CommandApdu
from card_protocol.iso7816.status import StatusFault
from tests.card_protocol.peer import PlainCard


def test_one_apdu_each_way():
    card = PlainCard(("90640000010100", "079100"))
    assert card.play(exchange(bytes.fromhex("6401"), "GetKeyVersion")) == b"\x07"


def test_an_answer_in_three_frames():
    card = PlainCard(("9060000000", "010291AF"), ("90AF000000", "0391AF"), ("90AF000000", "049100"))
    assert card.play(exchange(b"\x60", "GetVersion")) == bytes((1, 2, 3, 4))


@given(st.binary(min_size=256, max_size=600))
def test_a_long_command_is_cut_and_arrives_whole(body):
    seen = []

    def card(raw):
        command = CommandApdu.decode(raw)
        seen.append(command)
        return b"\x91\xaf" if sum(len(c.data) for c in seen) < len(body) else b"\x91\x00"

    converse(exchange(b"\x3d" + body, "WriteData"), card)
    assert b"".join(command.data for command in seen) == body
    assert {len(command.data) for command in seen[:-1]} == {LINK_BYTES}
    assert [command.ins for command in seen] == [0x3D] + [0xAF] * (len(seen) - 1)


@pytest.mark.parametrize("answer", ["9100", "0191AF"])
def test_a_card_that_does_not_wait_for_the_rest(answer):
    with pytest.raises(Malformed, match="did not wait"):
        converse(exchange(b"\x3d" + bytes(256), "WriteData"), lambda raw: bytes.fromhex(answer))


def test_an_answer_without_end(monkeypatch):
    with pytest.raises(TooLong):
        converse(exchange(b"\x60", "GetVersion"), lambda raw: bytes(256) + b"\x91\xaf")
    monkeypatch.setattr(native, "MAX_ANSWER_FRAMES", 3)
    with pytest.raises(TooLong):
        converse(exchange(b"\x60", "GetVersion"), lambda raw: b"\x91\xaf")


def test_an_error_says_what_was_being_done():
    with pytest.raises(StatusFault, match="ReadData: the card answered 91BE boundary error"):
        PlainCard(("90AD000000", "91BE")).play(one_frame(0xAD, b"", "ReadData"))


@pytest.mark.parametrize("start", [lambda: challenge(0x71, b"", "auth"), lambda: proof(b"", "auth")])
def test_authentication_errors_are_of_trust(start):
    for status in ("91AE", "9140"):
        with pytest.raises(KeyRejected):
            converse(start(), lambda raw, status=status: bytes.fromhex(status))
    with pytest.raises(StatusFault):
        converse(start(), lambda raw: bytes.fromhex("91AD"))


def test_authentication_frames_out_of_step():
    with pytest.raises(Malformed):
        converse(challenge(0x71, b"", "auth"), lambda raw: bytes(16) + b"\x91\x00")
    with pytest.raises(Malformed):
        converse(proof(b"", "auth"), lambda raw: bytes(32) + b"\x91\xaf")
    assert converse(challenge(0x71, b"", "auth"), lambda raw: b"ab\x91\xaf") == b"ab"
    assert converse(proof(b"", "auth"), lambda raw: b"ab\x91\x00") == b"ab"
