"""The tap: who is this card? Four round trips in the common case (design § 4, door fast path).

    SelectApplication · AuthenticateEV2First (2) · ReadData of the header

A door accepts the key versions that it holds (n, or n and n + 1) and tries one of them at once. Only when the card
rejects it, GetKeyVersion (1) says which version it has, and one more authentication (2) follows: seven round trips
for the cards on the other side of a key change, and only for these. `prefer` lets the caller start with the version
that the card had last time.

A card with random ID shows a 4-byte number that begins with 08. It is first authenticated with the privacy key and
says its UID enciphered: seven round trips, at points that hold the privacy key.
"""

from dataclasses import dataclass, field
from typing import Final

from card_protocol.channel.applications import select_application
from card_protocol.channel.authenticate import Random, authenticate_first
from card_protocol.channel.card import get_card_uid
from card_protocol.channel.card_keys import get_key_version
from card_protocol.channel.converse import Conversation
from card_protocol.channel.session import Session
from card_protocol.crypto.diversify import UID_SIZE_BYTES
from card_protocol.crypto.keys import SecretKey
from card_protocol.crypto.tree import Purpose
from card_protocol.errors import CallerFault, KeyRejected
from card_protocol.profiles.access_files import read_header
from card_protocol.profiles.card_keys import DoorKeys, key_on_card
from card_protocol.profiles.header import Header
from card_protocol.profiles.layout import ACCESS, Application, KeySlot
from card_protocol.profiles.refusal import CardRefusal, Cause, refusing

RANDOM_ID_BYTES: Final = 4
RANDOM_ID_MARK: Final = 0x08

_DOOR_READ: Final = ACCESS.key("door read")
_PRIVACY: Final = ACCESS.key("privacy")


@dataclass(frozen=True, slots=True)
class CardReading:
    """A card that proved itself. `session` goes on where the reading ended, authenticated with "door read"."""

    uid: bytes
    header: Header
    key_version: int
    session: Session = field(repr=False)


def read_card(
    uid: bytes, keys: DoorKeys, random: Random, *, prefer: int | None = None
) -> Conversation[CardReading | CardRefusal]:
    """Authenticate the card that showed `uid` in anticollision, and read its header. Never raises for a card."""
    return (yield from refusing(_read_card(uid, keys, random, prefer)))


def _read_card(
    uid: bytes, keys: DoorKeys, random: Random, prefer: int | None
) -> Conversation[CardReading | CardRefusal]:
    hidden = len(uid) == RANDOM_ID_BYTES and uid[0] == RANDOM_ID_MARK and Purpose.PRIVACY in keys.leaves
    if len(uid) != UID_SIZE_BYTES and not hidden:
        return CardRefusal(Cause.NOT_OUR_UID, f"a UID of {len(uid)} bytes is none of our cards'")
    yield from select_application(ACCESS.aid)
    if hidden:
        privacy = yield from authenticate_slot(uid, ACCESS, _PRIVACY, keys, random)
        if isinstance(privacy, CardRefusal):
            return privacy
        uid = yield from get_card_uid(privacy[0])
    found = yield from authenticate_slot(uid, ACCESS, _DOOR_READ, keys, random, prefer=prefer)
    if isinstance(found, CardRefusal):
        return found
    session, version = found
    header = yield from read_header(session)
    if header is None:
        return CardRefusal(Cause.NOT_ISSUED, "the card was prepared but never issued")
    if header.community != keys.community:
        return CardRefusal(Cause.WRONG_COMMUNITY, f"a card of community {header.community}")
    return CardReading(uid, header, version, session)


def authenticate_slot(
    uid: bytes, application: Application, slot: KeySlot, keys: DoorKeys, random: Random, *, prefer: int | None = None
) -> Conversation[tuple[Session, int] | CardRefusal]:
    """AuthenticateEV2First with whichever accepted version of a key the card holds; (session, version)."""
    leaves = keys.leaves.get(slot.purpose, ())
    if not leaves:
        raise CallerFault(f"this point holds no {slot.name} key")
    first = next((leaf for leaf in leaves if leaf.version == prefer), leaves[-1])
    try:
        return (yield from _attempt(first, uid, application, slot, random))
    except KeyRejected as fault:
        version = yield from get_key_version(slot.number)
        other = next((leaf for leaf in leaves if leaf.version == version != first.version), None)
        if other is not None:
            return (yield from _attempt(other, uid, application, slot, random))
        cause = Cause.KEY_REJECTED if version == first.version else Cause.KEY_VERSION
        return CardRefusal(cause, f"{fault}; the card says its key has version {version}")


def _attempt(
    leaf: SecretKey, uid: bytes, application: Application, slot: KeySlot, random: Random
) -> Conversation[tuple[Session, int]]:
    key = key_on_card(leaf, slot, application.aid, uid)
    return (yield from authenticate_first(key, slot.number, random)), leaf.version
