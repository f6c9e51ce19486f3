"""Cryptographic primitives of the card side.

Written apart from ``card_protocol.crypto`` on purpose: the two ends of a conversation must not be able to
share a mistake. Referee: the published vectors in the tests.
"""

import hmac
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

BLOCK = 16
ZERO_IV = bytes(BLOCK)
MAC_BYTES = 8


def cbc_encrypt(key: bytes, iv: bytes, plain: bytes) -> bytes:
    """AES-128 in CBC mode without padding; ``plain`` is a whole number of blocks."""
    encryptor = Cipher(algorithms.AES128(key), modes.CBC(iv)).encryptor()
    return encryptor.update(plain) + encryptor.finalize()


def cbc_decrypt(key: bytes, iv: bytes, sealed: bytes) -> bytes:
    """Inverse of :func:`cbc_encrypt`."""
    decryptor = Cipher(algorithms.AES128(key), modes.CBC(iv)).decryptor()
    return decryptor.update(sealed) + decryptor.finalize()


def cmac(key: bytes, message: bytes) -> bytes:
    """Full AES-CMAC, 16 bytes (NIST SP 800-38B)."""
    mac = CMAC(algorithms.AES128(key))
    mac.update(message)
    return mac.finalize()


def short_mac(key: bytes, message: bytes) -> bytes:
    """AES-CMAC cut to its 8 odd-numbered bytes, most significant first (MF2DL(H)x0, 9.1.3)."""
    return cmac(key, message)[1::2]


def same(left: bytes, right: bytes) -> bool:
    """Comparison in constant time, as the card's."""
    return hmac.compare_digest(left, right)


def pad(plain: bytes) -> bytes:
    """ISO/IEC 9797-1 padding method 2: always one 80, then zeros to the block."""
    marked = plain + b"\x80"
    return marked + bytes(-len(marked) % BLOCK)


def unpad(padded: bytes) -> bytes | None:
    """Inverse of :func:`pad`; None when the padding is broken."""
    stripped = padded.rstrip(b"\x00")
    if not stripped.endswith(b"\x80") or len(padded) - len(stripped) >= BLOCK:
        return None
    return stripped[:-1]


def zero_pad(message: bytes) -> bytes:
    """The fewest zeros that fill the block; none when it is full (transaction MAC input)."""
    return message + bytes(-len(message) % BLOCK)


def rotate_left(block: bytes) -> bytes:
    """One byte to the left, as in RndA' and RndB'."""
    return block[1:] + block[:1]


def xor(left: bytes, right: bytes) -> bytes:
    """Byte by byte; both of one length."""
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def crc32_of_key(key: bytes) -> bytes:
    """CRC32NK of ChangeKey: CRC-32 without the final inversion (JAMCRC), least significant byte first."""
    return (zlib.crc32(key) ^ 0xFFFFFFFF).to_bytes(4, "little")
