"""AES-128 in the modes that DESFire uses: single block, CBC without padding, padding method 2.

Source: FIPS 197, NIST SP 800-38A, ISO/IEC 9797-1 (padding method 2).
"""

from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from card_protocol.crypto.keys import SecretKey
from card_protocol.errors import CallerFault, Malformed

BLOCK_BYTES: Final = 16
ZERO_IV: Final = bytes(BLOCK_BYTES)


def encrypt_block(key: SecretKey, block: bytes) -> bytes:
    """One AES block, used to make the initial vectors of a session."""
    return cbc_encrypt(key, ZERO_IV, _one_block(block))


def cbc_encrypt(key: SecretKey, iv: bytes, plain: bytes) -> bytes:
    """AES-CBC over whole blocks. CallerFault if `plain` is not a multiple of 16 bytes."""
    if len(plain) % BLOCK_BYTES:
        raise CallerFault("CBC takes whole blocks")
    encryptor = Cipher(algorithms.AES(key.reveal()), modes.CBC(iv)).encryptor()
    return encryptor.update(plain) + encryptor.finalize()


def cbc_decrypt(key: SecretKey, iv: bytes, cipher: bytes) -> bytes:
    """The inverse; Malformed if what came is not whole blocks, because it came from a card."""
    if len(cipher) % BLOCK_BYTES:
        raise Malformed("an enciphered answer is not whole blocks")
    decryptor = Cipher(algorithms.AES(key.reveal()), modes.CBC(iv)).decryptor()
    return decryptor.update(cipher) + decryptor.finalize()


def pad(data: bytes) -> bytes:
    """Padding method 2: always 80, then zeros to the block boundary."""
    return data + b"\x80" + bytes(-(len(data) + 1) % BLOCK_BYTES)


def unpad(padded: bytes) -> bytes:
    """Take padding method 2 off again; Malformed if it is not there or longer than a block."""
    data = padded.rstrip(b"\x00")
    if not data.endswith(b"\x80") or len(padded) - len(data) >= BLOCK_BYTES:
        raise Malformed("an enciphered answer has no padding")
    return data[:-1]


def _one_block(block: bytes) -> bytes:
    if len(block) != BLOCK_BYTES:
        raise CallerFault(f"a block has {BLOCK_BYTES} bytes, not {len(block)}")
    return block
