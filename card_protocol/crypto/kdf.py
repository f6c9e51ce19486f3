"""Key derivation functions for the key tree: one protocol, two ciphers.

Source: NIST SP 800-108 § 4.1 (KDF in counter mode) with CMAC as the PRF; the counter is one byte before the
fixed input Label ‖ 00 ‖ Context ‖ [L] with L = 128 as four bytes. One PRF call gives the whole key.
"""

from typing import Protocol

from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, algorithms
from cryptography.hazmat.primitives.kdf.kbkdf import KBKDFCMAC, CounterLocation, Mode

from card_protocol.crypto.keys import KEY_SIZE_BYTES, SecretKey


class Kdf(Protocol):
    """Derives a child key. A community may bring its own (an HSM, another cipher)."""

    def derive(self, parent: SecretKey, label: bytes, context: bytes, version: int) -> SecretKey:
        """The child of `parent` under `label` and `context`, carrying `version`."""
        ...


class CmacKdf:
    """SP 800-108 counter mode with the CMAC of a 128-bit block cipher."""

    def __init__(self, cipher: type[BlockCipherAlgorithm]) -> None:
        self._cipher = cipher

    def derive(self, parent: SecretKey, label: bytes, context: bytes, version: int) -> SecretKey:
        """See `Kdf`. `version` only names the result; callers put it into `context` too."""
        kdf = KBKDFCMAC(
            self._cipher,
            Mode.CounterMode,
            length=KEY_SIZE_BYTES,
            rlen=1,
            llen=4,
            location=CounterLocation.BeforeFixed,
            label=label,
            context=context,
            fixed=None,
        )
        return SecretKey(kdf.derive(parent.reveal()), version)


AES_KDF: Kdf = CmacKdf(algorithms.AES)
SM4_KDF: Kdf = CmacKdf(algorithms.SM4)
