"""Commands on applications: select, list, create, delete. Source: MF3DX2, application management commands."""

from typing import Final

from card_protocol.channel.converse import Conversation
from card_protocol.channel.ev2 import Mode
from card_protocol.channel.native import exchange
from card_protocol.channel.session import Session
from card_protocol.crypto.diversify import AID_SIZE_BYTES
from card_protocol.errors import Malformed

SELECT_APPLICATION: Final = 0x5A
GET_APPLICATION_IDS: Final = 0x6A
CREATE_APPLICATION: Final = 0xCA
DELETE_APPLICATION: Final = 0xDA

CARD_LEVEL: Final = bytes(AID_SIZE_BYTES)
"""AID of the card itself."""

_AES_KEYS: Final = 0x80
_MORE_SETTINGS: Final = 0x10
_KEY_SETS: Final = 0x01
_KEY_BYTES: Final = 0x10


def select_application(aid: bytes) -> Conversation[None]:
    """Make `aid` (as on the air, least significant byte first) current. Ends any session on the card."""
    answer = yield from exchange(bytes((SELECT_APPLICATION,)) + aid, "SelectApplication")
    if answer:
        raise Malformed("SelectApplication: the card answered with data")


def get_application_ids(session: Session) -> Conversation[frozenset[bytes]]:
    """The AIDs on the card; needs a session at card level."""
    answer = yield from session.run(GET_APPLICATION_IDS, mode=Mode.MAC, doing="GetApplicationIDs")
    if len(answer) % AID_SIZE_BYTES:
        raise Malformed("GetApplicationIDs: the list is not whole AIDs")
    return frozenset(answer[i : i + AID_SIZE_BYTES] for i in range(0, len(answer), AID_SIZE_BYTES))


def create_application(
    session: Session, aid: bytes, *, settings: int, keys: int, key_sets: int = 1, roll_key: int = 0
) -> Conversation[None]:
    """A new application with `keys` AES keys, all zero with version 0.

    `settings` is KeySett1. With `key_sets` of 2 to 16 the keys can be rolled as a set by whoever holds `roll_key`.
    """
    more = b""
    if key_sets > 1:
        more = bytes((_KEY_SETS, 0, key_sets, _KEY_BYTES, roll_key))
    flags = _AES_KEYS | keys | (_MORE_SETTINGS if more else 0)
    header = aid + bytes((settings, flags)) + more
    yield from session.run(CREATE_APPLICATION, header, mode=Mode.MAC, doing="CreateApplication")


def delete_application(session: Session, aid: bytes) -> Conversation[None]:
    """Take an application off the card with all that is in it; from a session of the card's master key."""
    yield from session.run(DELETE_APPLICATION, aid, mode=Mode.MAC, doing="DeleteApplication")
