"""A symmetric key with its version, whose bytes do not show by accident."""

import hmac
from typing import Final

from card_protocol.errors import CallerFault

KEY_SIZE_BYTES: Final = 16
MAX_KEY_VERSION: Final = 0xFF


class SecretKey:
    """A 128-bit block cipher key (AES or SM4) and its one-byte version.

    There is no readable repr, no hash and no ordering; equality takes constant time. `reveal()` is the only
    way to the bytes, so that a reader of the code can find every place where a secret leaves its box.
    """

    __slots__ = ("_secret", "_version")

    def __init__(self, secret: bytes, version: int = 0) -> None:
        if len(secret) != KEY_SIZE_BYTES:
            raise CallerFault(f"a key has {KEY_SIZE_BYTES} bytes, not {len(secret)}")
        if not 0 <= version <= MAX_KEY_VERSION:
            raise CallerFault(f"a key version is 0 to {MAX_KEY_VERSION}, not {version}")
        self._secret = bytes(secret)
        self._version = version

    @property
    def version(self) -> int:
        """The version as the card stores it, 0 to 255."""
        return self._version

    def reveal(self) -> bytes:
        """The 16 key bytes, for a cipher or a keystore; never for a log."""
        return self._secret

    def with_version(self, version: int) -> "SecretKey":
        """The same bytes under another version."""
        return SecretKey(self._secret, version)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SecretKey):
            return NotImplemented
        return hmac.compare_digest(self._secret, other._secret) and self._version == other._version

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<SecretKey version {self._version}>"


FACTORY_KEY: Final = SecretKey(bytes(KEY_SIZE_BYTES), 0)
"""The all-zero AES key, version 0, with which an application or a card comes from the factory."""
