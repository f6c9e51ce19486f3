"""AuthenticateEV2First and AuthenticateEV2NonFirst: both sides prove that they know the key.

Source: AN12343 tables 16 and 17, MF3DX2. No other authentication exists in this code, so there is nothing to fall
back to.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

from card_protocol.channel import ev2
from card_protocol.channel.converse import Conversation
from card_protocol.channel.ev2 import RANDOM_BYTES, TI_BYTES
from card_protocol.channel.native import challenge, proof
from card_protocol.channel.session import Session
from card_protocol.crypto.aes import cbc_decrypt
from card_protocol.crypto.keys import SecretKey
from card_protocol.crypto.mac import same
from card_protocol.errors import CallerFault, Malformed, NotGenuine

AUTHENTICATE_FIRST: Final = 0x71
AUTHENTICATE_NON_FIRST: Final = 0x77
CAPABILITIES_BYTES: Final = 6

Random: TypeAlias = Callable[[int], bytes]
"""n -> n unpredictable bytes (`os.urandom` in the field, a seeded one in tests)."""


def authenticate_first(key: SecretKey, key_no: int, random: Random) -> Conversation[Session]:
    """Two round trips; a fresh session with counter 0 and the card's TI.

    KeyRejected when the card refuses our proof, NotGenuine when its own is wrong.
    """
    doing = "AuthenticateEV2First"
    enciphered = yield from challenge(AUTHENTICATE_FIRST, bytes((key_no, 0)), doing)
    rnd_a = _fresh(random)
    rnd_b = ev2.take_challenge(key, enciphered)
    answer = yield from proof(ev2.answer_challenge(key, rnd_a, rnd_b), doing)
    ti, pcd_capabilities = check_first_proof(key, rnd_a, answer)
    if pcd_capabilities != bytes(CAPABILITIES_BYTES):
        raise NotGenuine("the card repeats capabilities that we did not send")
    return Session(ev2.session_keys(key, rnd_a, rnd_b), ti, key_no)


def authenticate_non_first(session: Session, key: SecretKey, key_no: int, random: Random) -> Conversation[Session]:
    """Change to another key of the same application within the transaction: TI and counter go on."""
    doing = "AuthenticateEV2NonFirst"
    if not session.alive:
        raise CallerFault(f"{doing}: there is no session with the card any more")
    session.end()
    enciphered = yield from challenge(AUTHENTICATE_NON_FIRST, bytes((key_no,)), doing)
    rnd_a = _fresh(random)
    rnd_b = ev2.take_challenge(key, enciphered)
    answer = yield from proof(ev2.answer_challenge(key, rnd_a, rnd_b), doing)
    check_non_first_proof(key, rnd_a, answer)
    return Session(ev2.session_keys(key, rnd_a, rnd_b), session.ti, key_no, session.counter)


def check_first_proof(key: SecretKey, rnd_a: bytes, answer: bytes) -> tuple[bytes, bytes]:
    """Check the card's last answer to EV2First: TI ‖ RndA' ‖ PDcap2 ‖ PCDcap2. Returns (TI, PCDcap2)."""
    plain = _decipher(key, answer, blocks=2)
    _check_rotated(plain[TI_BYTES : TI_BYTES + RANDOM_BYTES], rnd_a)
    return plain[:TI_BYTES], plain[-CAPABILITIES_BYTES:]


def check_non_first_proof(key: SecretKey, rnd_a: bytes, answer: bytes) -> None:
    """Check the card's last answer to EV2NonFirst: RndA'."""
    _check_rotated(_decipher(key, answer, blocks=1), rnd_a)


def _decipher(key: SecretKey, answer: bytes, blocks: int) -> bytes:
    if len(answer) != blocks * RANDOM_BYTES:
        raise Malformed(f"the card's proof has {len(answer)} bytes, not {blocks * RANDOM_BYTES}")
    return cbc_decrypt(key, bytes(RANDOM_BYTES), answer)


def _check_rotated(rotated: bytes, rnd_a: bytes) -> None:
    if not same(rotated, ev2.rotate(rnd_a)):
        raise NotGenuine("the card could not prove that it knows the key")


def _fresh(random: Random) -> bytes:
    rnd_a = random(RANDOM_BYTES)
    if len(rnd_a) != RANDOM_BYTES:
        raise CallerFault("the random source gave another number of bytes than it was asked for")
    return rnd_a
