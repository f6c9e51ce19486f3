"""APDU codecs: literal bytes first, then every command and every cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.errors import CallerFault, Malformed, TooLong
from card_protocol.iso7816.apdu import CommandApdu, ResponseApdu, wrap_native

byte = st.integers(0, 255)
commands = st.builds(
    CommandApdu, byte, byte, byte, byte, data=st.binary(max_size=255), le=st.none() | st.integers(1, 256)
)


@pytest.mark.parametrize(
    ("command", "raw"),
    [
        (CommandApdu(0x00, 0xA4, 0x04, 0x0C, b"\xd2\x76", None), "00A4040C02D276"),
        (CommandApdu(0xFF, 0xCA), "FFCA000000"),
        (CommandApdu(0x00, 0xB0, le=2), "00B0000002"),
        (CommandApdu(0x00, 0xB0, le=None), "00B00000"),
        (wrap_native(0x5A, b"\x01\x4a\x0c"), "905A000003014A0C00"),
        (wrap_native(0xAF), "90AF000000"),
    ],
)
def test_literal_commands(command, raw):
    assert command.encode().hex().upper() == raw
    assert CommandApdu.decode(bytes.fromhex(raw)) == command


@given(commands)
def test_command_round_trip(command):
    assert CommandApdu.decode(command.encode()) == command


@given(st.binary(max_size=300))
def test_what_decodes_encodes_to_the_same(raw):
    try:
        command = CommandApdu.decode(raw)
    except Malformed:
        return
    assert command.encode() == raw


@pytest.mark.parametrize("raw", ["", "905A00", "905A000003014A", "905A000003014A0C0000", "00B00000000100"])
def test_malformed_commands(raw):
    with pytest.raises(Malformed):
        CommandApdu.decode(bytes.fromhex(raw))


@pytest.mark.parametrize(
    "fields", [{"cla": 256}, {"ins": -1}, {"data": bytes(256)}, {"le": 0}, {"le": 257}, {"p1": 300}, {"p2": -5}]
)
def test_commands_that_cannot_be(fields):
    with pytest.raises(CallerFault):
        CommandApdu(**{"cla": 0x90, "ins": 0x5A} | fields)


@given(st.binary(max_size=256), st.integers(0, 0xFFFF))
def test_response_round_trip(data, sw):
    response = ResponseApdu(data, sw)
    assert ResponseApdu.decode(response.encode()) == response


def test_responses_cut_short_or_without_end():
    for raw in (b"", b"\x91"):
        with pytest.raises(Malformed):
            ResponseApdu.decode(raw)
    with pytest.raises(TooLong):
        ResponseApdu.decode(bytes(259))
    assert ResponseApdu.decode(b"\x91\x00") == ResponseApdu(b"", 0x9100)


def test_bodies_do_not_print():
    assert repr(wrap_native(0xC4, b"secret")) == "<CommandApdu 90 C4 00 00, 6 B>"
    assert repr(ResponseApdu(b"secret", 0x9100)) == "<ResponseApdu 6 B, 9100>"
