"""The envelope of every message: the exact bytes, who signed them, and for which kind of message.

The signature covers `onecard.{kind}.v1 NUL payload`, so that an acknowledgement can never be passed off as a
policy. What signs and verifies comes in as a function (Ed25519, RFC 8032): keys stay in their own room.
"""

import zlib
from collections.abc import Callable
from typing import Literal, TypeVar

from pydantic import Field

from card_protocol.words.base import Word

MESSAGE_MAX_BYTES = 64 * 1024
UNPACKED_MAX_BYTES = 1024 * 1024

Kind = Literal[
    "batch", "ack", "manifest", "revocations", "command", "command_ack", "state", "request", "alarm", "passages"
]
Sign = Callable[[bytes], bytes]
"""message -> 64-byte signature."""
Verify = Callable[[bytes, bytes], bool]
"""(message, signature) -> whether it is genuine."""

W = TypeVar("W", bound=Word)


class UnsealError(ValueError):
    """A message that is not what it says; `trust` tells a forged one from a broken one."""

    def __init__(self, problem: str, *, trust: bool) -> None:
        super().__init__(problem)
        self.trust = trust


class Sealed(Word):
    """What travels."""

    payload: str
    signature: str = Field(pattern=r"^[0-9a-f]{128}$")


def signed_bytes(kind: Kind, payload: bytes) -> bytes:
    """What the signature of a message covers."""
    return f"onecard.{kind}.v1".encode() + b"\x00" + payload


def seal(kind: Kind, word: Word, sign: Sign) -> bytes:
    """A word -> a signed, packed message; ValueError when it is larger than the wire allows."""
    return pack(kind, signed(kind, word, sign))


def signed(kind: Kind, word: Word, sign: Sign) -> Sealed:
    """A word in its envelope, not yet packed."""
    payload = word.to_bytes()
    return Sealed(payload=payload.decode(), signature=sign(signed_bytes(kind, payload)).hex())


def pack(kind: Kind, sealed: Sealed) -> bytes:
    """An envelope -> a message; ValueError when it is larger than the wire allows."""
    unpacked = sealed.to_bytes()
    message = zlib.compress(unpacked)
    for size, limit in ((len(unpacked), UNPACKED_MAX_BYTES), (len(message), MESSAGE_MAX_BYTES)):
        if size > limit:
            raise ValueError(f"a {kind} of {size} bytes is larger than the wire allows ({limit})")
    return message


def unseal(kind: Kind, message: bytes, of: type[W], verify: Verify) -> W:
    """A message -> its word, after the signature was checked. UnsealError says what is wrong."""
    return word_in(kind, unpack(kind, message, verify), of)


def unpack(kind: Kind, message: bytes, verify: Verify) -> Sealed:
    """A message -> its envelope, whose signature is genuine: for who keeps the proof. UnsealError."""
    sealed = _unpack(message)
    if not is_genuine(kind, sealed, verify):
        raise UnsealError(f"the signature of this {kind} is not its sender's", trust=True)
    return sealed


def is_genuine(kind: Kind, sealed: Sealed, verify: Verify) -> bool:
    """Whether the signature is the sender's, over this payload and for this kind of message."""
    return verify(signed_bytes(kind, sealed.payload.encode()), bytes.fromhex(sealed.signature))


def word_in(kind: Kind, sealed: Sealed, of: type[W]) -> W:
    """The word in a genuine envelope; UnsealError when it holds another."""
    try:
        return of.from_bytes(sealed.payload.encode())
    except ValueError as error:
        raise UnsealError(f"signed, but no {kind}: {error}", trust=False) from error


def _unpack(message: bytes) -> Sealed:
    if len(message) > MESSAGE_MAX_BYTES:
        raise UnsealError(f"{len(message)} bytes are more than a message may have", trust=False)
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(message, UNPACKED_MAX_BYTES)
    except zlib.error as error:
        raise UnsealError(f"no message of ours: {error}", trust=False) from error
    if not unpacker.eof:
        raise UnsealError("the message is cut short or too large when unpacked", trust=False)
    if unpacker.unused_data:
        raise UnsealError("something hangs on behind the message", trust=False)
    try:
        return Sealed.from_bytes(data)
    except ValueError as error:
        raise UnsealError(f"no message of ours: {error}", trust=False) from error
