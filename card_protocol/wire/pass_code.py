"""What a visitor's QR code says: which pass it is and when the code itself is good, signed by the community.

    OC1: ‖ base45( 01 ‖ card id (16) ‖ from (4) ‖ to (4) ‖ Ed25519 signature (64) )

Times are seconds since 1970, big-endian, from inclusive to exclusive. What the pass opens, in which hours and how
often is not in it: that is the policy's, under the card id, so that a pass is ended like a card. Base 45 (RFC 9285)
keeps to the alphanumeric mode of a QR code (ISO/IEC 18004 § 7.4.4): 138 characters, which any scanner types unharmed.
A code can be photographed; a short `to` makes the photograph worthless.
"""

from typing import Final

from card_protocol.crypto.signing import SIGNATURE_BYTES, Sign, Verify, tagged
from card_protocol.errors import PeerFault
from card_protocol.words.base import Word
from card_protocol.words.ids import ULID_BYTES, CardId, ulid_from_bytes, ulid_to_bytes
from card_protocol.words.moment import ClockQuality, Moment, WallMs
from card_protocol.words.reason import Reason

PREFIX: Final = "OC1:"
TEXT_MAX_CHARS: Final = 512
"""Of a code that is looked at; a longer one is none of ours."""

EARLY_MS: Final = 60_000
"""How much earlier than its code a clock may be."""

_TAG: Final = b"onecard.pass.v1"
_VERSION: Final = 1
_TIME_BYTES: Final = 4
_BODY_BYTES: Final = 1 + ULID_BYTES + 2 * _TIME_BYTES
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES: Final = {char: value for value, char in enumerate(_ALPHABET)}


class PassCode(Word):
    """A code, good from `from_ms` to `to_ms` (whole seconds)."""

    card_id: CardId
    from_ms: WallMs
    to_ms: WallMs


def encode_code(code: PassCode, sign: Sign) -> str:
    """The text of the QR code."""
    times = b"".join((ms // 1000).to_bytes(_TIME_BYTES, "big") for ms in (code.from_ms, code.to_ms))
    body = bytes([_VERSION]) + ulid_to_bytes(code.card_id) + times
    return PREFIX + to_base45(body + sign(tagged(_TAG, body)))


def is_ours(text: str) -> bool:
    """Whether it claims to be a pass; a payment code or an address does not."""
    return text.startswith(PREFIX) and len(text) <= TEXT_MAX_CHARS


def decode_code(text: str, verify: Verify) -> PassCode:
    """The code whose signature holds; PeerFault otherwise."""
    if not is_ours(text):
        raise PeerFault("the code is no pass")
    try:
        raw = from_base45(text[len(PREFIX) :])
        body, signature = raw[:_BODY_BYTES], raw[_BODY_BYTES:]
        if len(signature) != SIGNATURE_BYTES or body[0] != _VERSION:
            raise ValueError("another size or version")
        card_id = ulid_from_bytes(body[1 : 1 + ULID_BYTES])
    except ValueError as error:
        raise PeerFault(f"the pass cannot be read: {error}") from error
    if not verify(tagged(_TAG, body), signature):
        raise PeerFault("the pass was not signed by this community")
    start, end = (int.from_bytes(body[at : at + _TIME_BYTES], "big") * 1000 for at in (17, 21))
    return PassCode(card_id=card_id, from_ms=start, to_ms=end)


def fault_of(code: PassCode, moment: Moment) -> Reason | None:
    """Why a code of ours is not good at this moment. Who does not know the time leaves that to the decider."""
    if moment.clock is ClockQuality.UNKNOWN:
        return None
    if moment.wall_ms >= code.to_ms:
        return Reason.EXPIRED
    return Reason.NOT_YET_VALID if moment.wall_ms < code.from_ms - EARLY_MS else None


def to_base45(data: bytes) -> str:
    """Two bytes are three characters, one byte is two; least significant first (RFC 9285 § 4)."""
    out = []
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        value = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            value, digit = divmod(value, 45)
            out.append(_ALPHABET[digit])
    return "".join(out)


def from_base45(text: str) -> bytes:
    """The bytes; ValueError for what no bytes become."""
    out = bytearray()
    for at in range(0, len(text), 3):
        part = text[at : at + 3]
        if len(part) == 1 or any(char not in _VALUES for char in part):
            raise ValueError("no base 45")
        value = sum(_VALUES[char] * 45**place for place, char in enumerate(part))
        size = len(part) - 1
        if value >= 1 << 8 * size:
            raise ValueError("no base 45")
        out += value.to_bytes(size, "big")
    return bytes(out)
