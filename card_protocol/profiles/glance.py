"""A glance at a card without any key: which chip it says it is, and whether our application is on it.

Nothing of this is proven: anyone can build a card that says the same. It serves a person who holds a card in their
hand; no door decides by it.
"""

from dataclasses import dataclass
from typing import Final

from card_protocol.channel.applications import select_application
from card_protocol.channel.card import CardVersion, get_version
from card_protocol.channel.card_keys import get_key_version
from card_protocol.channel.converse import Conversation
from card_protocol.iso7816.status import Status, StatusFault
from card_protocol.profiles.layout import ACCESS, CARD_AID
from card_protocol.profiles.refusal import CardRefusal, refusing

_DOOR_READ: Final = ACCESS.key("door read")


@dataclass(frozen=True, slots=True)
class Glance:
    """What a card says of itself. `key_version` is that of the door key, None without our application."""

    version: CardVersion
    key_version: int | None

    @property
    def is_like_ours(self) -> bool:
        """Whether it has our application, with keys that are not the factory's."""
        return bool(self.key_version)


def glance() -> Conversation[Glance | CardRefusal]:
    """Ask. A card of another kind (a bank card, a phone) is a refusal."""
    return (yield from refusing(_glance()))


def _glance() -> Conversation[Glance | CardRefusal]:
    yield from select_application(CARD_AID)
    version = yield from get_version()
    try:
        yield from select_application(ACCESS.aid)
    except StatusFault as fault:
        if not fault.is_native(Status.APPLICATION_NOT_FOUND):
            raise
        return Glance(version, None)
    return Glance(version, (yield from get_key_version(_DOOR_READ.number)))
