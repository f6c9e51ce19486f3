"""Boxes: RFC 9180 written out by hand as the referee, and everything that must not open one."""

import hmac
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.crypto.box import BOX_OVERHEAD_BYTES, BoxOpener, seal_box
from card_protocol.errors import CallerFault, MacWrong

SEED = bytes(range(32))
OPENER = BoxOpener(SEED)
CONTEXT = b"onecard test"
LITERAL = (
    "2fe57da347cd62431528daac5fbb290730fff684afc4cfc2ed90995f58cb3b749fce641b0b6d5960e52992a75c2c63700b4bb496606aa9ddb9"
)
"""`leaf keys` closed for that opener with the ephemeral key of 32 zero bytes."""

contents = st.binary(max_size=200)

# HPKE by hand, RFC 9180: base mode (00), DHKEM(X25519) 0020, HKDF-SHA256 0001, AES-256-GCM 0002.
KEM_SUITE = b"KEM\x00\x20"
HPKE_SUITE = b"HPKE\x00\x20\x00\x01\x00\x02"


def extract(suite: bytes, salt: bytes, label: bytes, secret: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + secret, sha256)


def expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(key, labelled + b"\x01", sha256)[:length]


def key_and_nonce(dh: bytes, ephemeral: bytes, receiver: bytes, context: bytes) -> tuple[bytes, bytes]:
    prk = extract(KEM_SUITE, b"", b"eae_prk", dh)
    shared = expand(KEM_SUITE, prk, b"shared_secret", ephemeral + receiver, 32)
    schedule = b"\x00" + extract(HPKE_SUITE, b"", b"psk_id_hash", b"") + extract(HPKE_SUITE, b"", b"info_hash", context)
    secret = extract(HPKE_SUITE, shared, b"secret", b"")
    return expand(HPKE_SUITE, secret, b"key", schedule, 32), expand(HPKE_SUITE, secret, b"base_nonce", schedule, 12)


def raw(key: X25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def seal_by_hand(receiver: bytes, context: bytes, plain: bytes, ephemeral: X25519PrivateKey) -> bytes:
    enc = raw(ephemeral.public_key())
    dh = ephemeral.exchange(X25519PublicKey.from_public_bytes(receiver))
    key, nonce = key_and_nonce(dh, enc, receiver, context)
    return enc + AESGCM(key).encrypt(nonce, plain, b"")


def open_by_hand(private: X25519PrivateKey, context: bytes, box: bytes) -> bytes:
    dh = private.exchange(X25519PublicKey.from_public_bytes(box[:32]))
    key, nonce = key_and_nonce(dh, box[:32], raw(private.public_key()), context)
    return AESGCM(key).decrypt(nonce, box[32:], b"")


def test_the_bytes_of_one_box() -> None:
    box = seal_by_hand(OPENER.public_bytes, CONTEXT, b"leaf keys", X25519PrivateKey.from_private_bytes(bytes(32)))
    assert box.hex() == LITERAL
    assert OPENER.open(CONTEXT, box) == b"leaf keys"


@given(contents, st.binary(min_size=1, max_size=40))
def test_by_hand_opens_what_we_seal(plain: bytes, context: bytes) -> None:
    box = seal_box(OPENER.public_bytes, context, plain)
    assert open_by_hand(X25519PrivateKey.from_private_bytes(SEED), context, box) == plain
    assert OPENER.open(context, box) == plain
    assert len(box) == len(plain) + BOX_OVERHEAD_BYTES


@given(contents, st.binary(min_size=1, max_size=40), st.binary(min_size=32, max_size=32))
def test_we_open_what_is_sealed_by_hand(plain: bytes, context: bytes, ephemeral: bytes) -> None:
    box = seal_by_hand(OPENER.public_bytes, context, plain, X25519PrivateKey.from_private_bytes(ephemeral))
    assert OPENER.open(context, box) == plain


def test_two_boxes_with_the_same_in_them_differ() -> None:
    assert seal_box(OPENER.public_bytes, CONTEXT, b"x") != seal_box(OPENER.public_bytes, CONTEXT, b"x")


def test_another_key_another_use() -> None:
    box = seal_box(OPENER.public_bytes, CONTEXT, b"x")
    for opener, context in ((BoxOpener(bytes(32)), CONTEXT), (OPENER, CONTEXT + b"!")):
        with pytest.raises(MacWrong, match="not closed for this key"):
            opener.open(context, box)


@given(st.data())
def test_one_altered_byte(data: st.DataObject) -> None:
    box = bytearray(seal_box(OPENER.public_bytes, CONTEXT, b"leaf keys"))
    box[data.draw(st.integers(0, len(box) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    if data.draw(st.booleans()):
        del box[data.draw(st.integers(0, len(box) - 1)) :]
    with pytest.raises(MacWrong):
        OPENER.open(CONTEXT, bytes(box))


@given(st.binary(max_size=100))
def test_noise_is_no_box(noise: bytes) -> None:
    with pytest.raises(MacWrong):
        OPENER.open(CONTEXT, noise)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_has_32_bytes(size: int) -> None:
    with pytest.raises(CallerFault, match=f"32 bytes, not {size}"):
        seal_box(bytes(size), CONTEXT, b"")
    with pytest.raises(CallerFault, match=f"32 bytes, not {size}"):
        BoxOpener(bytes(size))


@pytest.mark.parametrize("point", [bytes(32), b"\x01" + bytes(31)])
def test_a_point_with_which_anyone_could_open(point: bytes) -> None:
    with pytest.raises(CallerFault, match="small order"):
        seal_box(point, CONTEXT, b"")


def test_a_box_says_what_it_is_for() -> None:
    with pytest.raises(CallerFault, match="context"):
        seal_box(OPENER.public_bytes, b"", b"")
    with pytest.raises(CallerFault, match="context"):
        OPENER.open(b"", b"")


def test_the_private_half_does_not_print() -> None:
    for text in (repr(OPENER), str(OPENER), f"{OPENER}"):
        assert text == f"<BoxOpener of {OPENER.public_bytes[:4].hex()}…>"
    assert not hasattr(OPENER, "__dict__")
