"""The revocation delta that rides on cards: 192 bytes, 128 signed, 64 of Ed25519 by the community.

It says: "these are all revocations with after < rev_seq <= upto that still matter". Online points write the newest
one onto every card that passes; offline points verify it, adopt what they did not know, and hand on what they have.

| offset | bytes | field (integers big-endian) |
|---|---|---|
| 0 | 1 | magic "R" |
| 1 | 1 | format, 1 (high four bits) and number of entries, 0 to 5 (low four bits) |
| 2 | 6 | community, 12 digits as BCD |
| 8 | 4 | upto |
| 12 | 2 | upto - after |
| 14 | 4 | issued [minutes since 1970 UTC] |
| 18 | 5 × 22 | entries, newest first, unused ones zero |
| 128 | 64 | signature over "onecard.delta.v1" ‖ 00 ‖ bytes 0 to 127 |

An entry: card id (16), upto - rev_seq (1), state (1), hours from the revocation to the issue (2, rounded up), hours
from the issue to the expiry (2, rounded up: an entry never dies early).
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from card_protocol.crypto.signing import Sign, Verify
from card_protocol.errors import CallerFault, Malformed
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.signed_file import BODY_BYTES, Unreadable, open_file, seal_file
from card_protocol.words.card import CardState
from card_protocol.words.division import Level, level_of
from card_protocol.words.ids import ulid_from_bytes, ulid_to_bytes
from card_protocol.words.revocation import Revocation

DELTA_TAG: Final = b"onecard.delta.v1"
MAX_ENTRIES: Final = 5
MAX_WINDOW: Final = 0xFFFF
MAX_BACK: Final = 0xFF
"""How far below `upto` an entry's rev_seq may lie."""

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
_MAX_HOURS: Final = 0xFFFF

_FORMAT: Final = 1
_HEAD: Final = struct.Struct(">cB6sIHI")
_ENTRY: Final = struct.Struct(">16sBBHH")
_STATES: Final = (
    CardState.REVOKED,
    CardState.LOST,
    CardState.SUSPENDED,
    CardState.RETURNED,
    CardState.STOCK,
    CardState.ISSUED,
    CardState.ACTIVE,
)
"""Numbered by their place; a state, once numbered, keeps its number. ACTIVE takes a suspension back."""


@dataclass(frozen=True, slots=True)
class RevocationDelta:
    """What a card carries. `entries` newest first; CallerFault when they cannot be told in 128 bytes."""

    community: str
    after: int
    upto: int
    issued_ms: int
    entries: tuple[Revocation, ...]

    def __post_init__(self) -> None:
        sequence = [entry.rev_seq for entry in self.entries]
        falling = all(a > b for a, b in zip([self.upto + 1, *sequence], [*sequence, self.after], strict=True))
        window = 0 <= self.upto - self.after <= MAX_WINDOW and self.after >= 0 and self.upto < 1 << 32
        near = all(self.upto - number <= MAX_BACK for number in sequence)
        aligned = self.issued_ms % MINUTE_MS == 0 and 0 <= self.issued_ms // MINUTE_MS < 1 << 32
        if not (falling and window and near and aligned and len(sequence) <= MAX_ENTRIES):
            raise CallerFault("these revocations do not make a delta")
        try:
            if level_of(self.community) is not Level.COMMUNITY:
                raise CallerFault(f"{self.community} is no community")
        except ValueError as error:
            raise CallerFault(str(error)) from error


def make_delta(community: str, upto: int, revocations: Iterable[Revocation], now_ms: int) -> RevocationDelta:
    """The newest revocations that still matter, as far back as one card can carry.

    `upto` is the highest rev_seq that was ever given out. `after` comes to lie as far back as nothing is left out,
    so a community with few live revocations has deltas that reach back to the beginning of the window.
    """
    issued_ms = now_ms - now_ms % MINUTE_MS
    live = sorted(prune(revocations, now_ms), key=lambda r: r.rev_seq, reverse=True)
    if live and live[0].rev_seq > upto:
        raise CallerFault("a revocation is newer than the newest")
    carried = [entry for entry in live[:MAX_ENTRIES] if upto - entry.rev_seq <= MAX_BACK]
    left_out = [entry.rev_seq for entry in live[len(carried) :]]
    after = max([*left_out[:1], upto - MAX_WINDOW, 0])
    return RevocationDelta(community, after, upto, issued_ms, tuple(carried))


def prune(revocations: Iterable[Revocation], now_ms: int) -> tuple[Revocation, ...]:
    """Those that have not expired: after its last grant has died, a card needs no entry any more."""
    return tuple(entry for entry in revocations if now_ms < entry.expires_ms)


def sign_delta(delta: RevocationDelta, sign: Sign) -> bytes:
    """A delta -> the bytes of its file."""
    return seal_file(DELTA_TAG, _encode(delta), sign)


def check_delta(raw: bytes, community: str, verify: Verify) -> RevocationDelta | CardRefusal | None:
    """What a card carries, None when its file is blank, or why it does not count."""
    body = open_file(DELTA_TAG, raw, verify)
    if body is Unreadable.BLANK:
        return None
    if isinstance(body, Unreadable):
        cause = Cause.REVOCATIONS_FORGED if body is Unreadable.FORGED else Cause.REVOCATIONS_MALFORMED
        return CardRefusal(cause, body.value)
    try:
        delta = decode_delta(body)
    except Malformed as fault:
        return CardRefusal(Cause.REVOCATIONS_MALFORMED, str(fault))
    if delta.community != community:
        return CardRefusal(Cause.REVOCATIONS_FOREIGN, f"revocations of community {delta.community}")
    return delta


def decode_delta(body: bytes) -> RevocationDelta:
    """The 128 signed bytes -> a delta. Malformed unless they are exactly what `sign_delta` signs."""
    if len(body) != BODY_BYTES:
        raise Malformed(f"a delta has {BODY_BYTES} signed bytes, not {len(body)}")
    magic, shape, community, upto, window, minutes = _HEAD.unpack_from(body)
    count = shape & 0xF
    if magic != b"R" or shape >> 4 != _FORMAT or count > MAX_ENTRIES:
        raise Malformed("not a delta of format 1")
    issued_ms = minutes * MINUTE_MS
    try:
        entries = tuple(
            _read_entry(_ENTRY.unpack_from(body, _HEAD.size + place * _ENTRY.size), upto, issued_ms)
            for place in range(count)
        )
        delta = RevocationDelta(community.hex(), upto - window, upto, issued_ms, entries)
    except (CallerFault, ValueError, IndexError) as error:
        raise Malformed("a signed delta has a field that no delta may have") from error
    if _encode(delta) != body:
        raise Malformed("a signed delta has bytes where there must be zeros")
    return delta


def _read_entry(fields: tuple[bytes, int, int, int, int], upto: int, issued_ms: int) -> Revocation:
    card_id, back, state, age_hours, life_hours = fields
    return Revocation(
        rev_seq=upto - back,
        card_id=ulid_from_bytes(card_id),
        state=_STATES[state],
        at_ms=max(0, issued_ms - age_hours * HOUR_MS),
        expires_ms=issued_ms + life_hours * HOUR_MS,
    )


def _encode(delta: RevocationDelta) -> bytes:
    head = _HEAD.pack(
        b"R",
        _FORMAT << 4 | len(delta.entries),
        bytes.fromhex(delta.community),
        delta.upto,
        delta.upto - delta.after,
        delta.issued_ms // MINUTE_MS,
    )
    entries = b"".join(
        _ENTRY.pack(
            ulid_to_bytes(entry.card_id),
            delta.upto - entry.rev_seq,
            _STATES.index(entry.state),
            _hours(delta.issued_ms - entry.at_ms),
            _hours(entry.expires_ms - delta.issued_ms),
        )
        for entry in delta.entries
    )
    return (head + entries).ljust(BODY_BYTES, b"\x00")


def _hours(span_ms: int) -> int:
    return min(max(0, -(-span_ms // HOUR_MS)), _MAX_HOURS)
