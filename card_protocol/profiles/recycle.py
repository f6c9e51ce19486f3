"""Recycling: an issued (or half-issued) card becomes stock again, ready for somebody else.

    card level  authenticate with the card master key · format · open the settings · master key back to the factory's

It resumes like personalisation: the version of the master key says how far an earlier run came. The card opens no
door from the format on. A card that hides its UID goes on hiding it: that fuse cannot be mended.
"""

from dataclasses import dataclass

from card_protocol.channel.applications import get_application_ids, select_application
from card_protocol.channel.authenticate import Random
from card_protocol.channel.card import format_card
from card_protocol.channel.card_keys import CARD_MASTER_KEY, change_key, change_key_settings
from card_protocol.channel.converse import Conversation
from card_protocol.crypto.keys import FACTORY_KEY
from card_protocol.profiles.card_keys import IssuerKeys, open_slot
from card_protocol.profiles.layout import CARD_AID, CARD_MASTER, FACTORY_CARD_SETTINGS
from card_protocol.profiles.refusal import CardRefusal, refusing


@dataclass(frozen=True, slots=True)
class Recycled:
    """The card is stock. `already` when it had been before."""

    already: bool = False


def recycle(uid: bytes, keys: IssuerKeys, random: Random) -> Conversation[Recycled | CardRefusal]:
    """Make the card `uid` stock. Everything on it is lost, what other issuers put there included."""
    return (yield from refusing(_recycle(uid, keys, random)))


def _recycle(uid: bytes, keys: IssuerKeys, random: Random) -> Conversation[Recycled | CardRefusal]:
    yield from select_application(CARD_AID)
    session, version = yield from open_slot(CARD_AID, CARD_MASTER, uid, keys, random)
    present = yield from get_application_ids(session)
    if version == 0 and not present:
        return Recycled(already=True)
    if present:
        yield from format_card(session)
    if version:
        yield from change_key_settings(session, FACTORY_CARD_SETTINGS)
        yield from change_key(session, CARD_MASTER_KEY, FACTORY_KEY)
    return Recycled()
