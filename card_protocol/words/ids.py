"""Identifiers: ULIDs for everything that we name, hex UIDs for what the chip's maker named."""

import re
from typing import Annotated

from pydantic import StringConstraints
from ulid import ULID

ULID_BYTES = 16
PSEUDONYM_BYTES = 8

ULID_TIME_END_MS = 2**48

_ULID = r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$"
_UID = r"^(?:[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})$"
_NAME = r"^[a-z0-9][a-z0-9-]{0,62}$"

UlidText = Annotated[str, StringConstraints(pattern=_ULID)]
"""26 characters of Crockford's base 32, upper case, <https://github.com/ulid/spec>."""

CardId = UlidText
UidText = Annotated[str, StringConstraints(pattern=_UID)]
"""ISO 14443-3 UID of 4, 7 or 10 bytes in upper-case hex."""

Pseudonym = Annotated[str, StringConstraints(pattern=r"^[0-9A-F]{16}$")]
"""What a gateway knows of a holder: 8 random bytes in upper-case hex; only the server can name the person."""

Slug = Annotated[str, StringConstraints(pattern=_NAME)]
"""Name of a gateway, point, area, level or schedule: lower-case letters, digits and dashes, 1 to 63."""

EpochId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
"""8 random bytes that name one journal file."""

HashText = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in lower-case hex."""


def ulid_to_bytes(text: str) -> bytes:
    """26 characters -> 16 bytes; ValueError when it is no ULID."""
    if not re.fullmatch(_ULID, text):
        raise ValueError(f"not a ULID: {text[:40]!r}")
    return ULID.from_str(text).bytes


def ulid_from_bytes(data: bytes) -> str:
    """16 bytes -> 26 characters; ValueError on another length."""
    return str(ULID.from_bytes(data))


def new_ulid(wall_ms: int, entropy: bytes) -> str:
    """A ULID of a wall time [ms since 1970] and 10 random bytes; ValueError when either does not fit."""
    if not 0 <= wall_ms < ULID_TIME_END_MS:
        raise ValueError(f"a ULID holds a time from 0 to {ULID_TIME_END_MS - 1} ms, not {wall_ms}")
    if len(entropy) != ULID_BYTES - 6:
        raise ValueError(f"a ULID takes 10 bytes of entropy, not {len(entropy)}")
    return ulid_from_bytes(wall_ms.to_bytes(6, "big") + entropy)


def is_slug(text: str) -> bool:
    """Whether the text can name a gateway, point, area, level or schedule."""
    return re.fullmatch(_NAME, text) is not None
