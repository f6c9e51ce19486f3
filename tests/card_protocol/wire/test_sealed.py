"""Sealed messages: a fixed key and literal bytes, every bit flipped, bombs, garbage before and behind."""

import random
import zlib
from typing import get_args

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.wire.ack import Ack
from card_protocol.wire.batch import Batch
from card_protocol.wire.offer import BlobRequest
from card_protocol.wire.sealed import (
    MESSAGE_MAX_BYTES,
    UNPACKED_MAX_BYTES,
    Kind,
    Sealed,
    UnsealError,
    seal,
    signed_bytes,
    unseal,
)
from tests.support.wire_strategies import acks, batches

# The first key of RFC 8032, section 7.1.
KEY = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
ACK = Ack(gateway="gw-1", epoch="00112233445566aa", upto=7, head_hash="ab" * 32, server_ms=1_780_000_000_000)
PAYLOAD = (
    '{"epoch":"00112233445566aa","gateway":"gw-1","head_hash":"' + "ab" * 32 + '",'
    '"server_ms":1780000000000,"upto":7}'
)  # fmt: skip
SIGNATURE = (
    "dfbd9d557c0753f3faa5638b479f44b23e32ab9e2e5e016a3223eff71b915351"
    "12779f6ac11bbd4b63c1eecdfc30c57ab63ea7bfd2038d555672678e42f60102"
)
KINDS: tuple[Kind, ...] = get_args(Kind)


def verify(message: bytes, signature: bytes) -> bool:
    try:
        KEY.public_key().verify(signature, message)
    except InvalidSignature:
        return False
    return True


def test_the_bytes_of_one_sealed_ack() -> None:
    message = seal("ack", ACK, KEY.sign)
    assert KEY.sign(b"onecard.ack.v1\0" + PAYLOAD.encode()).hex() == SIGNATURE
    unpacked = zlib.decompress(message).decode()
    assert unpacked == '{"payload":"' + PAYLOAD.replace('"', '\\"') + '","signature":"' + SIGNATURE + '"}'
    # Packed by hand: one stored block, as any zlib may write it.
    raw = unpacked.encode()
    size = len(raw).to_bytes(2, "little")
    stored = b"\x78\x01\x01" + size + bytes(b ^ 0xFF for b in size) + raw + zlib.adler32(raw).to_bytes(4, "big")
    assert unseal("ack", stored, Ack, verify) == ACK


@given(acks)
def test_round_trip(ack: Ack) -> None:
    assert unseal("ack", seal("ack", ack, KEY.sign), Ack, verify) == ack


@given(batches())
def test_bodies_travel_byte_for_byte(batch: Batch) -> None:
    assert list(unseal("batch", seal("batch", batch, KEY.sign), Batch, verify).links()) == list(batch.links())


def refused(message: bytes, sentence: str, *, trust: bool, kind: Kind = "ack") -> None:
    with pytest.raises(UnsealError, match=sentence) as caught:
        unseal(kind, message, Ack, verify)
    assert caught.value.trust is trust
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "ack"])
def test_a_message_of_one_kind_is_none_of_another(kind: Kind) -> None:
    refused(seal("ack", ACK, KEY.sign), "is not its sender's", trust=True, kind=kind)


def test_another_s_signature() -> None:
    refused(seal("ack", ACK, OTHER.sign), "is not its sender's", trust=True)


def test_a_signed_message_that_is_another_word() -> None:
    request = BlobRequest(gateway="g", sha256="0" * 64, at_ms=0)
    refused(seal("ack", request, KEY.sign), "signed, but no ack: no Ack: ", trust=False)


@given(st.integers(0, len(PAYLOAD) * 8 - 1))
def test_a_flipped_bit_of_the_payload(position: int) -> None:
    flipped = bytearray(PAYLOAD.encode())
    flipped[position // 8] ^= 1 << position % 8
    try:
        text = flipped.decode()
    except UnicodeDecodeError:
        return
    forged = Sealed(payload=text, signature=KEY.sign(signed_bytes("ack", PAYLOAD.encode())).hex())
    refused(zlib.compress(forged.to_bytes()), "is not its sender's", trust=True)


@given(st.data())
def test_a_damaged_message_is_refused_or_still_says_the_same(data: st.DataObject) -> None:
    """A few bits of a zlib stream mean nothing (RFC 1950, FLEVEL); none may change what is read."""
    message = bytearray(seal("ack", ACK, KEY.sign))
    message[data.draw(st.integers(0, len(message) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        read = unseal("ack", bytes(message), Ack, verify)
    except UnsealError:
        return
    assert read == ACK


@given(st.binary(max_size=300) | st.binary(max_size=300).map(zlib.compress))
def test_noise(message: bytes) -> None:
    with pytest.raises(UnsealError):
        unseal("ack", message, Ack, verify)


@given(st.integers(0, len(seal("ack", ACK, KEY.sign)) - 1))
def test_a_message_that_is_cut_short(length: int) -> None:
    refused(seal("ack", ACK, KEY.sign)[:length], "cut short or too large", trust=False)


@given(st.binary(min_size=1, max_size=50))
def test_something_behind_the_message(garbage: bytes) -> None:
    refused(seal("ack", ACK, KEY.sign) + garbage, "hangs on behind", trust=False)


@pytest.mark.parametrize("size", [UNPACKED_MAX_BYTES + 1, 50 * UNPACKED_MAX_BYTES])
def test_a_bomb_is_not_unpacked(size: int) -> None:
    bomb = zlib.compress(bytes(size))
    assert len(bomb) <= MESSAGE_MAX_BYTES
    refused(bomb, "cut short or too large", trust=False)


def test_a_message_that_is_too_long_is_not_even_unpacked() -> None:
    refused(bytes(MESSAGE_MAX_BYTES + 1), "more than a message may have", trust=False)


@pytest.mark.parametrize(
    "inside",
    [
        b"",
        b"{}",
        b'{"payload":"\xff","signature":"' + b"0" * 128 + b'"}',
        rb'{"payload":"\ud800","signature":"' + b"0" * 128 + b'"}',
        b'{"payload":"","signature":"' + b"0" * 127 + b'"}',
        b'{"payload":"","signature":"' + b"A" * 128 + b'"}',
        b'{"payload":"","signature":"' + b"0" * 128 + b'","kind":"ack"}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_envelope(inside: bytes) -> None:
    refused(zlib.compress(inside), "no message of ours", trust=False)


def test_an_empty_payload_is_signed_and_still_no_ack() -> None:
    empty = Sealed(payload="", signature=KEY.sign(signed_bytes("ack", b"")).hex())
    refused(zlib.compress(empty.to_bytes()), "signed, but no ack", trust=False)


def noisy_batch(events: int, chars: int) -> Batch:
    dice = random.Random(1)
    texts = tuple("".join(dice.choices("0123456789abcdef", k=chars)) for _ in range(events))
    return Batch(gateway="g", epoch="0" * 16, first_seq=1, prev_hash="0" * 64, events=texts, head_hash="0" * 64)


def test_what_the_wire_does_not_allow_is_not_sent() -> None:
    with pytest.raises(ValueError, match=r"a batch of \d+ bytes is larger than the wire allows \(65536\)"):
        seal("batch", noisy_batch(100, 2000), KEY.sign)


def test_what_could_not_be_unpacked_is_not_sent() -> None:
    quotes = noisy_batch(1, 1).model_copy(update={"events": ('"' * 4096,) * 200})
    with pytest.raises(ValueError, match=r"larger than the wire allows \(1048576\)"):
        seal("batch", quotes, KEY.sign)


@given(batches())
def test_whatever_can_be_sealed_can_be_unsealed(batch: Batch) -> None:
    assert unseal("batch", seal("batch", batch, KEY.sign), Batch, verify) == batch
