"""AES-128 key diversification of NXP AN10922 § 2.2, and what onecard puts into it."""

from typing import Final

from card_protocol.crypto.aes import BLOCK_BYTES, ZERO_IV, cbc_encrypt, encrypt_block
from card_protocol.crypto.keys import SecretKey
from card_protocol.errors import CallerFault

MAX_INPUT_BYTES: Final = 31
UID_SIZE_BYTES: Final = 7
AID_SIZE_BYTES: Final = 3
_AES128_CONSTANT: Final = b"\x01"
_PADDED_BYTES: Final = 2 * BLOCK_BYTES
_REDUCTION: Final = 0x87


def diversify(master: SecretKey, m: bytes, version: int | None = None) -> SecretKey:
    """AN10922 § 2.2: the card's key from a master key and 1 to 31 bytes of diversification input `m`.

    The input behind the constant 01 is *always* padded to two blocks, also when one would do. A plain CMAC
    over a short input pads to one block and gives another, wrong, key. The new key carries `version`, or the
    master's.
    """
    if not 1 <= len(m) <= MAX_INPUT_BYTES:
        raise CallerFault(f"a diversification input has 1 to {MAX_INPUT_BYTES} bytes, not {len(m)}")
    d = _AES128_CONSTANT + m
    first_subkey = _double(encrypt_block(master, ZERO_IV))
    subkey = first_subkey
    if len(d) < _PADDED_BYTES:
        d += b"\x80" + bytes(_PADDED_BYTES - len(d) - 1)
        subkey = _double(first_subkey)
    last = bytes(a ^ b for a, b in zip(d[BLOCK_BYTES:], subkey, strict=True))
    secret = cbc_encrypt(master, ZERO_IV, d[:BLOCK_BYTES] + last)[BLOCK_BYTES:]
    return SecretKey(secret, master.version if version is None else version)


def card_key(leaf: SecretKey, uid: bytes, aid: bytes, key_no: int) -> SecretKey:
    """The key that one card holds: `leaf` diversified by UID ‖ AID ‖ key number ‖ version.

    `uid` is the real 7-byte UID, `aid` the 3 bytes as they go over the air (least significant first).
    The version is the leaf's.
    """
    if len(uid) != UID_SIZE_BYTES or len(aid) != AID_SIZE_BYTES:
        raise CallerFault("a card key needs a 7-byte UID and a 3-byte AID")
    return diversify(leaf, uid + aid + bytes((key_no, leaf.version)))


def _double(block: bytes) -> bytes:
    """Multiply by x in GF(2^128), as NIST SP 800-38B § 6.1 makes its subkeys."""
    value = int.from_bytes(block, "big") << 1
    if value >> 128:
        value = (value & ((1 << 128) - 1)) ^ _REDUCTION
    return value.to_bytes(BLOCK_BYTES, "big")
