"""Boxes: bytes that only the holder of one X25519 private key can open; who closed them stays anonymous.

Source: RFC 9180 (HPKE), base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. The `context` is HPKE's
`info`: a box made for one use, or for one gateway, does not open as another's.

The ephemeral key is drawn inside the library, the only dice in this package: were it an argument, a caller who
passed the same one twice would give both messages away.
"""

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from card_protocol.errors import CallerFault, MacWrong

BOX_KEY_BYTES: Final = 32
BOX_OVERHEAD_BYTES: Final = 48
"""A box is this much longer than what is in it: the ephemeral public key (32) and the tag (16)."""

_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def seal_box(public_key: bytes, context: bytes, plain: bytes) -> bytes:
    """Close `plain` for the owner of a raw 32-byte X25519 `public_key`.

    CallerFault when the context is empty or the key is none (wrong length, or a point of small order, with which
    anyone could open the box).
    """
    _check_context(context)
    if len(public_key) != BOX_KEY_BYTES:
        raise CallerFault(f"a box key has {BOX_KEY_BYTES} bytes, not {len(public_key)}")
    try:
        return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(public_key), info=context)
    except ValueError as error:
        raise CallerFault("this box key is no key: a point of small order") from error


class BoxOpener:
    """The private half. Like every secret it has no readable repr."""

    __slots__ = ("_key", "public_bytes")

    def __init__(self, private_bytes: bytes) -> None:
        if len(private_bytes) != BOX_KEY_BYTES:
            raise CallerFault(f"a box key has {BOX_KEY_BYTES} bytes, not {len(private_bytes)}")
        self._key = X25519PrivateKey.from_private_bytes(private_bytes)
        self.public_bytes = self._key.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )

    def open(self, context: bytes, box: bytes) -> bytes:
        """What is in the box; MacWrong when it is another's, for another context, altered or cut."""
        _check_context(context)
        try:
            return _SUITE.decrypt(box, self._key, info=context)
        except (InvalidTag, ValueError) as error:
            raise MacWrong("this box was not closed for this key and this use") from error

    def __repr__(self) -> str:
        return f"<BoxOpener of {self.public_bytes[:4].hex()}…>"


def _check_context(context: bytes) -> None:
    if not context:
        raise CallerFault("a box says what it is for: the context is not empty")
