"""EV2 secure messaging as arithmetic: session keys, command frames, response frames. No state, no I/O.

Source: NXP AN12343 (DESFire EV2 features and hints) § on EV2 secure messaging, data sheet MF3DX2.

Every frame is bound to the transaction identifier TI and to the command counter. A command is protected with the
counter as it stands, its response with the counter plus one.
"""

import zlib
from dataclasses import dataclass
from enum import Enum
from typing import Final

from card_protocol.crypto.aes import cbc_decrypt, cbc_encrypt, encrypt_block, pad, unpad
from card_protocol.crypto.keys import SecretKey
from card_protocol.crypto.mac import SHORT_MAC_BYTES, aes_cmac, same, short_mac
from card_protocol.errors import CallerFault, MacWrong, Malformed

RANDOM_BYTES: Final = 16
TI_BYTES: Final = 4
COUNTER_LIMIT: Final = 0x10000
STATUS_OK: Final = 0x00

_COMMAND_LABEL: Final = bytes.fromhex("A55A")
_RESPONSE_LABEL: Final = bytes.fromhex("5AA5")
_KDF_HEAD: Final = bytes.fromhex("00010080")
"""Counter 0001 and length 0080 (bits) of the session key derivation."""


class Mode(Enum):
    """How a command and its answer travel. The value is the communication mode in file settings."""

    PLAIN = 0x00
    MAC = 0x01
    FULL = 0x03


@dataclass(frozen=True, slots=True)
class SessionKeys:
    """The two keys of a session; they do not print, because `SecretKey` does not."""

    enc: SecretKey
    mac: SecretKey


def session_keys(key: SecretKey, rnd_a: bytes, rnd_b: bytes) -> SessionKeys:
    """Both session keys from the authentication key and the two 16-byte challenges."""
    if len(rnd_a) != RANDOM_BYTES or len(rnd_b) != RANDOM_BYTES:
        raise CallerFault("a challenge has 16 bytes")
    mixed = bytes(a ^ b for a, b in zip(rnd_a[2:8], rnd_b[:6], strict=True))
    context = rnd_a[:2] + mixed + rnd_b[6:] + rnd_a[8:]
    return SessionKeys(
        enc=SecretKey(aes_cmac(key, _COMMAND_LABEL + _KDF_HEAD + context)),
        mac=SecretKey(aes_cmac(key, _RESPONSE_LABEL + _KDF_HEAD + context)),
    )


def seal_command(
    keys: SessionKeys, ti: bytes, counter: int, mode: Mode, ins: int, header: bytes = b"", data: bytes = b""
) -> bytes:
    """The native frame INS ‖ header ‖ payload ‖ MAC of a command at `counter`.

    In full mode `data` is padded and enciphered, unless it is empty: then there is no ciphertext at all.
    Plain mode adds nothing (but still uses up a counter value).
    """
    _check(ti, counter)
    frame = bytes((ins,)) + header
    if mode is Mode.PLAIN:
        return frame + data
    payload = data
    if mode is Mode.FULL and data:
        payload = cbc_encrypt(keys.enc, _iv(keys, _COMMAND_LABEL, ti, counter), pad(data))
    return frame + payload + short_mac(keys.mac, bytes((ins,)) + _tail(counter, ti) + header + payload)


def open_response(
    keys: SessionKeys, ti: bytes, counter: int, mode: Mode, body: bytes, status: int = STATUS_OK
) -> bytes:
    """The data of a response to the command that went out at `counter`.

    `body` is payload ‖ MAC without the status word. MacWrong when the MAC is missing, cut or wrong; Malformed
    when what was properly authenticated is not well formed.
    """
    _check(ti, counter)
    if mode is Mode.PLAIN:
        return body
    answered = (counter + 1) % COUNTER_LIMIT
    payload, mac = body[:-SHORT_MAC_BYTES], body[-SHORT_MAC_BYTES:]
    if not same(mac, short_mac(keys.mac, bytes((status,)) + _tail(answered, ti) + payload)):
        raise MacWrong("the answer's authentication code is wrong")
    if mode is Mode.MAC or not payload:
        return payload
    return unpad(cbc_decrypt(keys.enc, _iv(keys, _RESPONSE_LABEL, ti, answered), payload))


def new_key_data(new: SecretKey, old: SecretKey | None) -> bytes:
    """What ChangeKey enciphers. `old` is the key being replaced, None when it is the authenticated one itself.

    Own key: new ‖ version. Another: (new XOR old) ‖ version ‖ CRC32(new), so that the card can tell whether the
    old key was the right one.
    """
    if old is None:
        return new.reveal() + bytes((new.version,))
    mixed = bytes(a ^ b for a, b in zip(new.reveal(), old.reveal(), strict=True))
    return mixed + bytes((new.version,)) + _crc32(new.reveal())


def rotate(challenge: bytes) -> bytes:
    """Rotate left by one byte: how each side shows that it read the other's challenge."""
    return challenge[1:] + challenge[:1]


def take_challenge(key: SecretKey, response: bytes) -> bytes:
    """RndB out of the card's first answer; Malformed if that is not one block."""
    if len(response) != RANDOM_BYTES:
        raise Malformed("the card's challenge is not one block")
    return cbc_decrypt(key, bytes(RANDOM_BYTES), response)


def answer_challenge(key: SecretKey, rnd_a: bytes, rnd_b: bytes) -> bytes:
    """The enciphered RndA ‖ RndB' that proves us to the card."""
    return cbc_encrypt(key, bytes(RANDOM_BYTES), rnd_a + rotate(rnd_b))


def _iv(keys: SessionKeys, label: bytes, ti: bytes, counter: int) -> bytes:
    return encrypt_block(keys.enc, label + ti + counter.to_bytes(2, "little") + bytes(8))


def _tail(counter: int, ti: bytes) -> bytes:
    return counter.to_bytes(2, "little") + ti


def _check(ti: bytes, counter: int) -> None:
    if len(ti) != TI_BYTES or not 0 <= counter < COUNTER_LIMIT:
        raise CallerFault("a session has a 4-byte TI and a 16-bit counter")


def _crc32(data: bytes) -> bytes:
    """CRC-32/JAMCRC, least significant byte first: IEEE 802.3 without the final inversion."""
    return (~zlib.crc32(data) & 0xFFFFFFFF).to_bytes(4, "little")
