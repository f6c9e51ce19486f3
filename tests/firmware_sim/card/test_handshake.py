"""The three passes; the published transcripts stand in test_vectors."""

from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.card.handshake import Handshake
from firmware_sim.card.session import Session
from tests.firmware_sim.reader import ZERO, aes

BLOCK = st.binary(min_size=16, max_size=16)


@given(BLOCK, BLOCK, BLOCK)
def test_a_proof_with_the_wrong_key_is_none(key: bytes, rnd_b: bytes, other: bytes) -> None:
    handshake = Handshake(0, key, rnd_b)
    proof = aes(other, ZERO, bytes(16) + rnd_b[1:] + rnd_b[:1])
    result = handshake.finish(proof, bytes)
    assert (result is None) == (key != other)


@given(BLOCK, BLOCK)
def test_non_first_takes_over(key: bytes, rnd_b: bytes) -> None:
    previous = Session(3, ZERO, ZERO, b"TI..", 9)
    result = Handshake(1, key, rnd_b, previous=previous).finish(
        aes(key, ZERO, bytes(range(16)) + rnd_b[1:] + rnd_b[:1]), bytes
    )
    assert result is not None
    answer, session = result
    assert aes(key, ZERO, answer, decrypt=True) == bytes(range(1, 16)) + b"\x00"
    assert (session.key_number, session.transaction_id, session.counter) == (1, b"TI..", 9)


def test_challenge_hides_rnd_b() -> None:
    handshake = Handshake(0, bytes(range(16)), b"R" * 16)
    assert aes(bytes(range(16)), ZERO, handshake.challenge(), decrypt=True) == b"R" * 16
    assert "R" * 16 not in repr(handshake)
