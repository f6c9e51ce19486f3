"""Membership of the Party on a card: one byte in the application of activities, whose keys no door holds.

    byte 0   0 no member · 1 on probation (预备党员) · 2 full member (正式党员); the rest of the file is zero

Written by the server alone (the application's master key), read by the points of activities alone. A point that is for
members only signs in whoever's card says so, also without a network.
"""

from enum import StrEnum
from typing import Final

from card_protocol.channel.applications import select_application
from card_protocol.channel.authenticate import Random
from card_protocol.channel.converse import Conversation
from card_protocol.channel.data import write_data
from card_protocol.channel.transaction import commit
from card_protocol.profiles.card_keys import IssuerKeys, open_slot
from card_protocol.profiles.layout import ACTIVITY
from card_protocol.profiles.refusal import CardRefusal, refusing

_MEMBERSHIP: Final = ACTIVITY.file("membership")
_MASTER: Final = ACTIVITY.key("master")


class Standing(StrEnum):
    """How somebody stands to the Party."""

    PROBATIONARY = "probationary"
    FULL = "full"


_CODES: Final[dict[Standing | None, int]] = {None: 0, Standing.PROBATIONARY: 1, Standing.FULL: 2}


def standing_on(content: bytes) -> Standing | None:
    """What the file says. A code that we do not know is no membership."""
    return next((standing for standing, code in _CODES.items() if code == content[0]), None)


def set_membership(
    uid: bytes, standing: Standing | None, keys: IssuerKeys, random: Random
) -> Conversation[Standing | CardRefusal | None]:
    """Write how the holder of the card `uid` stands to the Party; what was written."""
    return (yield from refusing(_set(uid, standing, keys, random)))


def _set(
    uid: bytes, standing: Standing | None, keys: IssuerKeys, random: Random
) -> Conversation[Standing | CardRefusal | None]:
    yield from select_application(ACTIVITY.aid)
    session, _ = yield from open_slot(ACTIVITY.aid, _MASTER, uid, keys, random)
    yield from write_data(session, _MEMBERSHIP.number, 0, bytes((_CODES[standing],)), _MEMBERSHIP.mode)
    yield from commit(session)
    return standing
