"""The 64-byte header: the first thing a door reads, and in the common case the only one.

| offset | bytes | field |
|---|---|---|
| 0 | 2 | magic "OC" |
| 2 | 1 | layout version |
| 3 | 1 | key version at issue, 1 to 255 |
| 4 | 6 | community, 12 digits as BCD |
| 10 | 2 | issue serial of this holder's card, big-endian |
| 12 | 16 | card id, a ULID |
| 28 | 8 | holder pseudonym |
| 36 | 2 | issued, days since 1970-01-01, big-endian |
| 38 | 2 | zero |
| 40 | 4 | highest revocation version at the last visit to the server, big-endian |
| 44 | 20 | zero |

A file of zeros is a card that was prepared and never issued.
"""

import struct
from dataclasses import dataclass
from typing import Final

from card_protocol.errors import CallerFault, Malformed
from card_protocol.profiles.layout import LAYOUT_VERSION
from card_protocol.words.division import Level, level_of
from card_protocol.words.ids import PSEUDONYM_BYTES, ulid_from_bytes, ulid_to_bytes

HEADER_BYTES: Final = 64
MAGIC: Final = b"OC"
_FIELDS: Final = struct.Struct(">2sBB6sH16s8sHHI20s")


@dataclass(frozen=True, slots=True)
class Header:
    """Who the card is. Text forms as in `card_protocol.words`; CallerFault for values that do not fit."""

    community: str
    card_id: str
    holder: str
    issue_serial: int
    issued_day: int
    revocation_version: int
    key_version: int

    def __post_init__(self) -> None:
        try:
            ulid_to_bytes(self.card_id)
            fits = level_of(self.community) is Level.COMMUNITY and len(bytes.fromhex(self.holder)) == PSEUDONYM_BYTES
        except ValueError as error:
            raise CallerFault(f"no header: {error}") from error
        numbers = (self.issue_serial, 2), (self.issued_day, 2), (self.revocation_version, 4)
        fits = fits and all(0 <= number < 1 << 8 * size for number, size in numbers)
        if not (fits and 1 <= self.key_version <= 0xFF):
            raise CallerFault("no header: a field is out of range")

    def encode(self) -> bytes:
        """The 64 bytes for the card."""
        return _FIELDS.pack(
            MAGIC,
            LAYOUT_VERSION,
            self.key_version,
            bytes.fromhex(self.community),
            self.issue_serial,
            ulid_to_bytes(self.card_id),
            bytes.fromhex(self.holder),
            self.issued_day,
            0,
            self.revocation_version,
            bytes(20),
        )

    @classmethod
    def decode(cls, raw: bytes) -> "Header":
        """Malformed for another length, magic, layout version, or a field that no header of ours has."""
        if len(raw) != HEADER_BYTES:
            raise Malformed(f"a header has {HEADER_BYTES} bytes, not {len(raw)}")
        magic, layout, key_version, community, serial, card_id, holder, day, *numbers = _FIELDS.unpack(raw)
        spare, revocation_version, tail = numbers
        if magic != MAGIC or layout != LAYOUT_VERSION or spare or any(tail):
            raise Malformed(f"not a header of layout {LAYOUT_VERSION}")
        try:
            return cls(
                community=community.hex(),
                card_id=ulid_from_bytes(card_id),
                holder=holder.hex().upper(),
                issue_serial=serial,
                issued_day=day,
                revocation_version=revocation_version,
                key_version=key_version,
            )
        except CallerFault as fault:
            raise Malformed(str(fault)) from fault


def is_blank(raw: bytes) -> bool:
    """Whether a header file was never written."""
    return not any(raw)
