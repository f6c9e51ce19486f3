"""File commands, byte for byte, and settings of every kind."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.channel.ev2 import Mode
from card_protocol.channel.files import (
    NEVER,
    FileKind,
    FileSettings,
    Rights,
    create_cyclic_file,
    create_data_file,
    create_transaction_mac_file,
    create_value_file,
    decode_settings,
    get_file_ids,
    get_file_settings,
)
from card_protocol.crypto.keys import SecretKey
from card_protocol.errors import CallerFault, Malformed
from firmware_sim.card.access import AccessRights, CommMode
from tests.card_protocol.peer import ScriptedCard, Turn, a_session

RIGHTS = Rights(1, 2, 3, 0)
holders = st.sampled_from([*range(14), NEVER])


@given(st.builds(Rights, holders, holders, holders, holders))
def test_rights_mean_the_same_on_both_ends(rights):
    cards = AccessRights.decode(rights.encode())
    assert (cards.read, cards.write, cards.read_write, cards.change) == rights.numbers()
    assert Rights.decode(rights.encode()) == rights


def test_everybody_cannot_be_said_or_accepted():
    with pytest.raises(CallerFault):
        Rights(0xE, 0, 0, 0)
    with pytest.raises(Malformed):
        Rights.decode(b"\x00\xe0")


@pytest.mark.parametrize(
    ("create", "ins", "header"),
    [
        (lambda s: create_data_file(s, 1, Mode.FULL, RIGHTS, 64, backup=False), 0xCD, "01033012400000"),
        (lambda s: create_data_file(s, 2, Mode.FULL, RIGHTS, 192, backup=True), 0xCB, "02033012C00000"),
        (
            lambda s: create_value_file(s, 3, Mode.FULL, RIGHTS, lower=-1, upper=100_000, limited_credit=True),
            0xCC,
            "03033012FFFFFFFFA08601000000000001",
        ),
        (
            lambda s: create_cyclic_file(s, 4, Mode.MAC, RIGHTS, record_bytes=24, max_records=17),
            0xC0,
            "04013012180000110000",
        ),
    ],
)
def test_create(create, ins, header):
    ScriptedCard(Turn(ins, header)).play(create(a_session()))


def test_the_key_of_a_transaction_mac_file_goes_enciphered():
    key = SecretKey(bytes.fromhex("F3847D627727ED3BC9C4CC050489B966"), 7)
    turn = Turn(0xCE, "0503301202", "F3847D627727ED3BC9C4CC050489B96607", mode=CommMode.FULL)
    ScriptedCard(turn).play(create_transaction_mac_file(a_session(), 5, Mode.FULL, RIGHTS, key))


def test_list():
    assert ScriptedCard(Turn(0x6F, answer="010204")).play(get_file_ids(a_session())) == {1, 2, 4}
    for answer in ("0101", "00" * 33):
        with pytest.raises(Malformed):
            ScriptedCard(Turn(0x6F, answer=answer)).play(get_file_ids(a_session()))


@pytest.mark.parametrize(
    ("answer", "settings"),
    [
        ("00033012400000", FileSettings(FileKind.STANDARD, Mode.FULL, RIGHTS, size_bytes=64)),
        ("01013012C00000", FileSettings(FileKind.BACKUP, Mode.MAC, RIGHTS, size_bytes=192)),
        (
            "02003012FEFFFFFFA08601000000000001",
            FileSettings(FileKind.VALUE, Mode.PLAIN, RIGHTS, lower=-2, upper=100_000, limited_credit=True),
        ),
        (
            "04033012180000110000050000",
            FileSettings(FileKind.CYCLIC, Mode.FULL, RIGHTS, size_bytes=24, max_records=17, records=5),
        ),
        ("050330120207", FileSettings(FileKind.TRANSACTION_MAC, Mode.FULL, RIGHTS, key_version=7)),
    ],
)
def test_settings(answer, settings):
    assert ScriptedCard(Turn(0xF5, "01", answer=answer)).play(get_file_settings(a_session(), 1)) == settings


@given(st.binary(max_size=20))
def test_settings_are_read_or_refused(raw):
    with contextlib.suppress(Malformed):
        decode_settings(raw)


@pytest.mark.parametrize("raw", ["", "0003", "09033012400000", "00023012400000", "000330124000", "0003E012400000"])
def test_settings_that_no_file_has(raw):
    with pytest.raises(Malformed):
        decode_settings(bytes.fromhex(raw))
