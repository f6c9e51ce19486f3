"""The grant as the 192 bytes of its file: 128 that are signed, 64 of Ed25519 by the community.

| offset | bytes | field (integers big-endian) |
|---|---|---|
| 0 | 2 | magic "OG" |
| 2 | 1 | format, 1 |
| 3 | 1 | number of access levels, 0 to 16 |
| 4 | 1 | number of areas, 0 to 8 |
| 5 | 7 | UID of the card |
| 12 | 16 | card id, a ULID |
| 28 | 8 | holder pseudonym |
| 36 | 6 | community, 12 digits as BCD |
| 42 | 4 | serial |
| 46 | 6 | valid from [ms since 1970 UTC], inclusive |
| 52 | 6 | valid to [ms], exclusive |
| 58 | 32 | access level numbers, unused ones zero |
| 90 | 16 | area numbers, unused ones zero |
| 106 | 22 | zero |
| 128 | 64 | signature over "onecard.grant.v1" ‖ 00 ‖ bytes 0 to 127 |
"""

import struct
from typing import Final

from pydantic import ValidationError

from card_protocol.crypto.diversify import UID_SIZE_BYTES
from card_protocol.crypto.signing import Sign, Verify
from card_protocol.errors import CallerFault, Malformed
from card_protocol.profiles.header import Header
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.signed_file import BODY_BYTES, Unreadable, open_file, seal_file
from card_protocol.words.grant import GRANT_MAX_AREAS, GRANT_MAX_LEVELS, Grant
from card_protocol.words.ids import ulid_from_bytes, ulid_to_bytes

GRANT_TAG: Final = b"onecard.grant.v1"

_MAGIC: Final = b"OG\x01"
_CAUSES: Final = {
    Unreadable.BLANK: Cause.GRANT_ABSENT,
    Unreadable.SIZE: Cause.GRANT_MALFORMED,
    Unreadable.FORGED: Cause.GRANT_FORGED,
}
_FIELDS: Final = struct.Struct(">3sBB7s16s8s6sI6s6s16H8H22s")


def sign_grant(grant: Grant, sign: Sign) -> bytes:
    """A grant -> the bytes of its file. CallerFault for one whose UID is not the 7 bytes of our cards."""
    return seal_file(GRANT_TAG, _encode(grant), sign)


def check_grant(
    raw: bytes, uid: bytes, header: Header, verify: Verify, *, newest_serial: int = 0
) -> Grant | CardRefusal:
    """The grant of a card that has proven its UID and header, or why it does not count.

    `newest_serial` is the highest one that was ever seen of this card: an older grant that was put back is refused.
    Whether the grant is valid at this moment is the decider's business.
    """
    body = open_file(GRANT_TAG, raw, verify)
    if isinstance(body, Unreadable):
        return CardRefusal(_CAUSES[body], body.value)
    try:
        grant = decode_grant(body)
    except Malformed as fault:
        return CardRefusal(Cause.GRANT_MALFORMED, str(fault))
    if grant.community != header.community:
        return CardRefusal(Cause.WRONG_COMMUNITY, f"a grant of community {grant.community}")
    if (bytes.fromhex(grant.uid), grant.card_id, grant.holder) != (uid, header.card_id, header.holder):
        return CardRefusal(Cause.GRANT_COPIED, f"the grant belongs to card {grant.card_id}")
    if grant.serial < newest_serial:
        return CardRefusal(Cause.GRANT_OLDER, f"grant {grant.serial} was put back; {newest_serial} had been seen")
    return grant


def decode_grant(body: bytes) -> Grant:
    """The 128 signed bytes -> a grant. Malformed unless they are exactly what `sign_grant` signs."""
    if len(body) != BODY_BYTES:
        raise Malformed(f"a grant has {BODY_BYTES} signed bytes, not {len(body)}")
    magic, levels, areas, uid, card_id, holder, community, serial, start, end, *numbers, _ = _FIELDS.unpack(body)
    if magic != _MAGIC or levels > GRANT_MAX_LEVELS or areas > GRANT_MAX_AREAS:
        raise Malformed("not a grant of format 1")
    try:
        grant = Grant(
            card_id=ulid_from_bytes(card_id),
            uid=uid.hex().upper(),
            holder=holder.hex().upper(),
            community=community.hex(),
            serial=serial,
            valid_from_ms=int.from_bytes(start, "big"),
            valid_to_ms=int.from_bytes(end, "big"),
            levels=tuple(numbers[:levels]),
            areas=tuple(numbers[GRANT_MAX_LEVELS : GRANT_MAX_LEVELS + areas]),
        )
    except ValidationError as error:
        raise Malformed("a signed grant has a field that no grant may have") from error
    if _encode(grant) != body:
        raise Malformed("a signed grant has bytes where there must be zeros")
    return grant


def _encode(grant: Grant) -> bytes:
    uid = bytes.fromhex(grant.uid)
    if len(uid) != UID_SIZE_BYTES:
        raise CallerFault(f"a grant on a card names a UID of {UID_SIZE_BYTES} bytes")
    return _FIELDS.pack(
        _MAGIC,
        len(grant.levels),
        len(grant.areas),
        uid,
        ulid_to_bytes(grant.card_id),
        bytes.fromhex(grant.holder),
        bytes.fromhex(grant.community),
        grant.serial,
        grant.valid_from_ms.to_bytes(6, "big"),
        grant.valid_to_ms.to_bytes(6, "big"),
        *grant.levels,
        *[0] * (GRANT_MAX_LEVELS - len(grant.levels)),
        *grant.areas,
        *[0] * (GRANT_MAX_AREAS - len(grant.areas)),
        bytes(22),
    )
