"""What grant and revocation files have in common: 192 bytes, 128 that are signed and 64 of Ed25519."""

from enum import Enum
from typing import Final

from card_protocol.crypto.signing import SIGNATURE_BYTES, Sign, Verify, tagged

FILE_BYTES: Final = 192
BODY_BYTES: Final = FILE_BYTES - SIGNATURE_BYTES


class Unreadable(Enum):
    """Why a file does not count."""

    BLANK = "the file is blank"
    SIZE = "the file has another size than 192 bytes"
    FORGED = "the file was not signed by the community"


def seal_file(tag: bytes, body: bytes, sign: Sign) -> bytes:
    """128 bytes -> the 192 of the file, signed under the tag of its kind."""
    return body + sign(tagged(tag, body))


def open_file(tag: bytes, raw: bytes, verify: Verify) -> bytes | Unreadable:
    """The 128 bytes whose signature holds, or why there are none."""
    if not any(raw):
        return Unreadable.BLANK
    if len(raw) != FILE_BYTES:
        return Unreadable.SIZE
    body, signature = raw[:BODY_BYTES], raw[BODY_BYTES:]
    return body if verify(tagged(tag, body), signature) else Unreadable.FORGED
