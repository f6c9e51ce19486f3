"""AES-CMAC and the truncation that EV2 secure messaging applies to it.

Source: NIST SP 800-38B; NXP AN12343 (EV2 secure messaging transmits the bytes at odd index only).
"""

import hmac
from typing import Final

from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.cmac import CMAC

from card_protocol.crypto.keys import SecretKey

SHORT_MAC_BYTES: Final = 8


def aes_cmac(key: SecretKey, message: bytes) -> bytes:
    """The full 16-byte CMAC of any message, the empty one included."""
    cmac = CMAC(algorithms.AES(key.reveal()))
    cmac.update(message)
    return cmac.finalize()


def truncate(mac: bytes) -> bytes:
    """Every second byte of a 16-byte CMAC, from index 1: the 8 bytes on the air."""
    return mac[1::2]


def short_mac(key: SecretKey, message: bytes) -> bytes:
    """The 8-byte MAC of EV2 secure messaging."""
    return truncate(aes_cmac(key, message))


def same(left: bytes, right: bytes) -> bool:
    """Compare two MACs in constant time."""
    return hmac.compare_digest(left, right)
