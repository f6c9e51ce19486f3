"""Reading and writing, byte for byte, and when a transfer is chained."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.channel.converse import converse
from card_protocol.channel.data import carried_bytes, read_data, write_data
from card_protocol.channel.ev2 import Mode
from card_protocol.errors import CallerFault, Malformed
from card_protocol.iso7816.apdu import CommandApdu
from firmware_sim.card.access import CommMode
from firmware_sim.card.session import Session as CardSession
from tests.card_protocol.peer import ENC, MAC, TI, ScriptedCard, Turn, a_session


def test_read():
    card = ScriptedCard(Turn(0xAD, "01100000020000", answer="AABB", mode=CommMode.FULL))
    assert card.play(read_data(a_session(), 1, 16, 2, Mode.FULL)) == b"\xaa\xbb"


def test_a_card_that_returns_another_number_of_bytes():
    card = ScriptedCard(Turn(0xAD, "01000000030000", answer="AABB"))
    with pytest.raises(Malformed, match="2 bytes, not 3"):
        card.play(read_data(a_session(), 1, 0, 3, Mode.MAC))


def test_write():
    card = ScriptedCard(Turn(0x8D, "02000100030000", "AABBCC", mode=CommMode.FULL))
    card.play(write_data(a_session(), 2, 256, bytes.fromhex("AABBCC"), Mode.FULL))


@pytest.mark.parametrize("mode", [CommMode.PLAIN, CommMode.MAC, CommMode.FULL])
@given(length=st.integers(1, 700))
def test_any_length_arrives_and_fits_its_frames(mode, length):
    data = bytes(n % 251 for n in range(length))
    end = CardSession(0, ENC, MAC, TI)
    frames = []

    def card(raw):
        command = CommandApdu.decode(raw)
        frames.append(command)
        body = b"".join(frame.data for frame in frames)
        if len(body) < 7 + carried_bytes(length, Mode(mode.value)):
            return b"\x91\xaf"
        assert end.open(frames[0].ins, body[:7], body[7:], mode) == data
        return end.seal(b"", mode) + b"\x91\x00"

    converse(write_data(a_session(), 1, 0, data, Mode(mode.value)), card)
    assert frames[0].ins == (0x8D if len(frames) == 1 else 0x3D)
    assert len(frames) == 1 or all(len(frame.data) <= 54 for frame in frames)


@pytest.mark.parametrize(("length", "ins"), [(248, 0xAD), (249, 0xBD)])
def test_reads_that_do_not_fit_one_answer_are_chained(length, ins):
    end = CardSession(0, ENC, MAC, TI)

    def card(raw):
        command = CommandApdu.decode(raw)
        if command.ins == 0xAF:
            return rest.pop(0)
        assert command.ins == ins
        end.open(ins, command.data[:7], command.data[7:], CommMode.MAC)
        sealed = end.seal(bytes(length), CommMode.MAC)
        rest.extend([sealed[200:] + b"\x91\x00"])
        return sealed[:200] + b"\x91\xaf"

    rest: list[bytes] = []
    assert converse(read_data(a_session(), 1, 0, length, Mode.MAC), card) == bytes(length)


@pytest.mark.parametrize(("offset", "length"), [(-1, 1), (1 << 24, 1), (0, 0), (0, 1 << 24)])
def test_transfers_that_cannot_be(offset, length):
    with pytest.raises(CallerFault):
        converse(read_data(a_session(), 1, offset, length, Mode.MAC), lambda raw: b"")


def test_what_data_becomes():
    assert [carried_bytes(n, Mode.FULL) for n in (1, 15, 16, 64, 192)] == [24, 24, 40, 88, 216]
    assert carried_bytes(25, Mode.MAC) == 33
    assert carried_bytes(25, Mode.PLAIN) == 25
