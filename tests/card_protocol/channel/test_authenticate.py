"""Both authentications against published transcripts and against the card's own handshake, then against liars."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.channel.authenticate import authenticate_first, authenticate_non_first
from card_protocol.channel.converse import converse
from card_protocol.crypto.keys import SecretKey
from card_protocol.errors import CallerFault, KeyRejected, Malformed, NotGenuine
from card_protocol.iso7816.apdu import CommandApdu
from firmware_sim.card import primitives
from firmware_sim.card.handshake import Handshake
from firmware_sim.card.session import Session as CardSession
from tests.card_protocol.peer import ENC, MAC, TI, PlainCard, a_session

ZERO = SecretKey(bytes(16))


def always(hexadecimal: str):
    return lambda n: bytes.fromhex(hexadecimal)[:n]


def test_an12196_first():
    card = PlainCard(
        ("9071000002000000", "A04C124213C186F22399D33AC2A3021591AF"),
        (
            "90AF00002035C3E05A752E0144BAC0DE51C1F22C56B34408A23D8AEA266CAB947EA8E0118D00",
            "3FA64DB5446D1F34CD6EA311167F5E4985B89690C04A05F17FA7AB2F081206639100",
        ),
    )
    session = card.play(authenticate_first(ZERO, 0, always("13C5DB8A5930439FC3DEF9A4C675360F")))
    assert (session.ti.hex().upper(), session.key_no, session.counter, session.alive) == ("9D00C4DF", 0, 0, True)


def test_an12196_non_first():
    before = a_session(key_no=3, counter=7)
    card = PlainCard(
        ("90770000010000", "A6A2B3C572D06C097BB8DB70463E22DC91AF"),
        (
            "90AF000020BE7D45753F2CAB85F34BC60CE58B940763FE969658A532DF6D95EA2773F6E99100",
            "B888349C24B315EAB5B589E279C8263E9100",
        ),
    )
    random = always("60BE759EDA560250AC57CDDC11743CF6")
    session = card.play(authenticate_non_first(before, ZERO, 0, random))
    assert (session.ti, session.key_no, session.counter, session.alive) == (TI, 0, 7, True)
    assert not before.alive


class HandshakeCard:
    """A card that does one handshake; `lie` may change its last answer before it is enciphered."""

    def __init__(self, key: bytes, rnd_b: bytes, previous=None, lie=lambda plain: plain):
        self._handshake = Handshake(0, key, rnd_b, b"", previous)
        self._key = key
        self._lie = lie
        self.session = None

    def transmit(self, raw):
        command = CommandApdu.decode(raw)
        if command.ins != 0xAF:
            return self._handshake.challenge() + b"\x91\xaf"
        result = self._handshake.finish(command.data, lambda n: TI[:n])
        if result is None:
            return b"\x91\xae"
        answer, self.session = result
        plain = primitives.cbc_decrypt(self._key, bytes(16), answer)
        return primitives.cbc_encrypt(self._key, bytes(16), self._lie(plain)) + b"\x91\x00"


blocks = st.binary(min_size=16, max_size=16)


@given(blocks, blocks, blocks)
def test_both_ends_agree_on_everything(key, rnd_a, rnd_b):
    card = HandshakeCard(key, rnd_b)
    ours = converse(authenticate_first(SecretKey(key), 0, lambda n: rnd_a[:n]), card.transmit)
    assert card.session.transaction_id == ours.ti == TI
    assert card.session.enc_key == ours._keys.enc.reveal()
    assert card.session.mac_key == ours._keys.mac.reveal()


@given(blocks, blocks, blocks)
def test_both_ends_agree_on_the_next_key(key, rnd_a, rnd_b):
    card = HandshakeCard(key, rnd_b, previous=CardSession(1, ENC, MAC, TI, 9))
    ours = converse(authenticate_non_first(a_session(1, 9), SecretKey(key), 0, lambda n: rnd_a[:n]), card.transmit)
    assert card.session.counter == ours.counter == 9
    assert card.session.enc_key == ours._keys.enc.reveal()


def first(card, key=ENC):
    return converse(authenticate_first(SecretKey(key), 0, bytes), card.transmit)


def test_a_card_with_another_key_refuses_us():
    with pytest.raises(KeyRejected):
        first(HandshakeCard(MAC, bytes(16)))


@pytest.mark.parametrize(
    ("lie", "text"),
    [
        (lambda plain: plain[:4] + bytes(15) + b"\x01" + plain[20:], "prove"),
        (lambda plain: plain[:-1] + b"\x01", "capabilities"),
    ],
)
def test_a_card_that_lies_in_its_proof(lie, text):
    with pytest.raises(NotGenuine, match=text):
        first(HandshakeCard(ENC, bytes(16), lie=lie))


def test_a_recording_played_again():
    recorded = []
    card = HandshakeCard(ENC, bytes(16))

    def record(raw):
        recorded.append(card.transmit(raw))
        return recorded[-1]

    converse(authenticate_first(SecretKey(ENC), 0, bytes), record)
    replay = iter(recorded)
    with pytest.raises(NotGenuine):
        converse(authenticate_first(SecretKey(ENC), 0, lambda n: b"\x01" * n), lambda raw: next(replay))


@pytest.mark.parametrize("answers", [["00" * 15 + "91AF"], ["00" * 16 + "91AF", "00" * 31 + "9100"]])
def test_answers_of_the_wrong_size(answers):
    script = iter(answers)
    with pytest.raises(Malformed):
        converse(authenticate_first(ZERO, 0, bytes), lambda raw: bytes.fromhex(next(script)))


def test_our_own_mistakes():
    ended = a_session()
    ended.end()
    with pytest.raises(CallerFault, match="no session"):
        PlainCard().play(authenticate_non_first(ended, ZERO, 0, bytes))
    with pytest.raises(CallerFault, match="random source"):
        converse(authenticate_first(ZERO, 0, lambda n: b""), lambda raw: bytes(16) + b"\x91\xaf")
