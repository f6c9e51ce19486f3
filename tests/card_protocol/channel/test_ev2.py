"""EV2 arithmetic against published examples, against the card's own implementation, and against tampering."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.channel.ev2 import (
    Mode,
    SessionKeys,
    answer_challenge,
    new_key_data,
    open_response,
    rotate,
    seal_command,
    session_keys,
    take_challenge,
)
from card_protocol.crypto.keys import SecretKey
from card_protocol.errors import CallerFault, MacWrong, Malformed
from firmware_sim.card import primitives
from firmware_sim.card.access import CommMode
from firmware_sim.card.session import Session as CardSession
from tests.card_protocol.peer import ENC, MAC, TI

KEYS = SessionKeys(SecretKey(ENC), SecretKey(MAC))
MODES = [(Mode.PLAIN, CommMode.PLAIN), (Mode.MAC, CommMode.MAC), (Mode.FULL, CommMode.FULL)]
modes = st.sampled_from(MODES)
counters = st.integers(0, 0xFFFE)


def the_card(counter: int) -> CardSession:
    return CardSession(0, ENC, MAC, TI, counter)


def test_an12343_table_16_session_keys():
    keys = session_keys(
        SecretKey(bytes(16)),
        bytes.fromhex("B04D0787C93EE0CC8CACC8E86F16C6FE"),
        bytes.fromhex("FA659AD0DCA738DD65DC7DC38612AD81"),
    )
    assert keys.enc.reveal().hex().upper() == "63DC07286289A7A6C0334CA31C314A04"
    assert keys.mac.reveal().hex().upper() == "774F26743ECE6AF5033B6AE8522946F6"


@given(modes, counters, st.integers(0, 255), st.binary(max_size=20), st.binary(max_size=255))
def test_the_card_reads_what_we_send(mode, counter, ins, header, data):
    ours, cards = mode
    frame = seal_command(KEYS, TI, counter, ours, ins, header, data)
    assert frame[: 1 + len(header)] == bytes((ins,)) + header
    assert the_card(counter).open(ins, header, frame[1 + len(header) :], cards) == data


@given(modes, counters, st.binary(max_size=255))
def test_we_read_what_the_card_sends(mode, counter, data):
    ours, cards = mode
    body = the_card(counter + 1).seal(data, cards)
    assert open_response(KEYS, TI, counter, ours, body) == data


@given(st.sampled_from(MODES[1:]), counters, st.binary(max_size=64), st.integers(0, 10_000), st.integers(1, 255))
def test_one_altered_byte_anywhere_is_noticed(mode, counter, data, place, mask):
    ours, cards = mode
    body = bytearray(the_card(counter + 1).seal(data, cards))
    body[place % len(body)] ^= mask
    with pytest.raises(MacWrong):
        open_response(KEYS, TI, counter, ours, bytes(body))


@given(st.sampled_from(MODES[1:]), counters, st.binary(max_size=64), st.integers(1, 8))
def test_a_cut_answer_is_noticed(mode, counter, data, cut):
    ours, cards = mode
    body = the_card(counter + 1).seal(data, cards)
    with pytest.raises(MacWrong):
        open_response(KEYS, TI, counter, ours, body[:-cut])


@pytest.mark.parametrize("answered", [5, 7])
def test_an_answer_of_another_counter_is_noticed(answered):
    body = the_card(answered).seal(b"data", CommMode.MAC)
    with pytest.raises(MacWrong):
        open_response(KEYS, TI, 5, Mode.MAC, body)


def test_another_session_or_status_is_noticed():
    body = the_card(1).seal(b"", CommMode.MAC)
    with pytest.raises(MacWrong):
        open_response(KEYS, bytes(4), 0, Mode.MAC, body)
    with pytest.raises(MacWrong):
        open_response(KEYS, TI, 0, Mode.MAC, body, status=0x0C)


def test_padding_that_the_card_forgot():
    card = the_card(1)
    bare = primitives.cbc_encrypt(card.enc_key, card._iv(b"\x5a\xa5"), bytes(16))
    body = bare + primitives.short_mac(card.mac_key, card._bound(0) + bare)
    with pytest.raises(Malformed):
        open_response(KEYS, TI, 0, Mode.FULL, body)


def test_empty_data_in_full_mode_is_no_ciphertext():
    assert len(seal_command(KEYS, TI, 0, Mode.FULL, 0xAD, bytes(7))) == 1 + 7 + 8


def test_the_last_counter_wraps_to_zero_in_the_answer():
    body = the_card(0).seal(b"x", CommMode.MAC)
    assert open_response(KEYS, TI, 0xFFFF, Mode.MAC, body) == b"x"


def test_new_key_data():
    new, old = SecretKey(bytes.fromhex("F3847D627727ED3BC9C4CC050489B966"), 1), SecretKey(b"\xff" * 16)
    assert new_key_data(new, None) == new.reveal() + b"\x01"
    mixed = bytes(b ^ 0xFF for b in new.reveal())
    assert new_key_data(new, old) == mixed + b"\x01" + bytes.fromhex("789DFADC")


def test_challenge_and_answer():
    key = SecretKey(bytes(16))
    rnd_b = take_challenge(key, bytes.fromhex("A04C124213C186F22399D33AC2A30215"))
    assert rnd_b.hex().upper() == "B9E2FC789B64BF237CCCAA20EC7E6E48"
    assert rotate(rnd_b).hex().upper() == "E2FC789B64BF237CCCAA20EC7E6E48B9"
    answer = answer_challenge(key, bytes.fromhex("13C5DB8A5930439FC3DEF9A4C675360F"), rnd_b)
    assert answer.hex().upper() == "35C3E05A752E0144BAC0DE51C1F22C56B34408A23D8AEA266CAB947EA8E0118D"
    with pytest.raises(Malformed):
        take_challenge(key, bytes(32))


@pytest.mark.parametrize(("ti", "counter"), [(bytes(3), 0), (TI, -1), (TI, 0x10000)])
def test_sessions_that_cannot_be(ti, counter):
    with pytest.raises(CallerFault):
        seal_command(KEYS, ti, counter, Mode.MAC, 0xAD)
    with pytest.raises(CallerFault):
        open_response(KEYS, ti, counter, Mode.MAC, bytes(8))


def test_challenges_that_cannot_be():
    with pytest.raises(CallerFault):
        session_keys(SecretKey(ENC), bytes(15), bytes(16))
