"""Ed25519 (RFC 8032): thin wrappers whose methods fit `card_protocol.wire.sealed.Sign` and `Verify`."""

from collections.abc import Callable
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from card_protocol.errors import CallerFault

SIGNATURE_BYTES: Final = 64
PUBLIC_KEY_BYTES: Final = 32
SEED_BYTES: Final = 32

Sign: TypeAlias = Callable[[bytes], bytes]
"""message -> 64-byte signature: `Signer.sign`, or an HSM."""
Verify: TypeAlias = Callable[[bytes, bytes], bool]
"""(message, signature) -> whether it is genuine: `Verifier.verify`."""


class Verifier:
    """A public key that checks signatures."""

    __slots__ = ("_key", "public_bytes")

    def __init__(self, public_bytes: bytes) -> None:
        if len(public_bytes) != PUBLIC_KEY_BYTES:
            raise CallerFault(f"a public key has {PUBLIC_KEY_BYTES} bytes, not {len(public_bytes)}")
        self.public_bytes = bytes(public_bytes)
        self._key = Ed25519PublicKey.from_public_bytes(self.public_bytes)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` was made over these bytes. Never raises, whatever the signature looks like."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def __repr__(self) -> str:
        return f"<Verifier {self.public_bytes[:4].hex()}…>"


class Signer:
    """A private key; like every secret it has no readable repr."""

    __slots__ = ("_key", "verifier")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise CallerFault(f"a signing seed has {SEED_BYTES} bytes, not {len(seed)}")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(
            self._key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        )

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of these bytes."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"<Signer of {self.verifier!r}>"


def tagged(tag: bytes, message: bytes) -> bytes:
    """tag ‖ 00 ‖ message: domain separation, so that a signature for one kind of message is worthless for another."""
    if not tag or 0 in tag:
        raise CallerFault("a signing tag is not empty and has no zero byte")
    return tag + b"\x00" + message
