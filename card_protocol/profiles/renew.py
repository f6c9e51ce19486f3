"""Renewal at any online point: the server writes a new grant, the newest revocations, and says so in the header.

The server runs the conversation; the point relays APDUs. All files change in one card transaction.

    SelectApplication · GetKeyVersion · AuthenticateEV2First (2) · header read · header, grant, revocations written ·
    CommitTransaction: nine round trips
"""

from dataclasses import dataclass, field
from typing import Final

from card_protocol.channel.applications import select_application
from card_protocol.channel.authenticate import Random
from card_protocol.channel.converse import Conversation
from card_protocol.channel.transaction import TransactionMark
from card_protocol.profiles.access_files import read_header, write_access_files
from card_protocol.profiles.card_keys import IssuerKeys, open_slot
from card_protocol.profiles.header import Header
from card_protocol.profiles.layout import ACCESS
from card_protocol.profiles.refusal import CardRefusal, Cause, refusing

_UPDATER: Final = ACCESS.key("updater")


@dataclass(frozen=True, slots=True)
class Renewal:
    """What the card is to carry from now on; the signed files are 192 bytes, revocations may be empty."""

    header: Header
    grant: bytes = field(repr=False)
    revocations: bytes = field(default=b"", repr=False)


def renew(
    uid: bytes, renewal: Renewal, keys: IssuerKeys, random: Random
) -> Conversation[TransactionMark | CardRefusal]:
    """Renew the card `uid`, which must be the one that the header names."""
    return (yield from refusing(_renew(uid, renewal, keys, random)))


def _renew(
    uid: bytes, renewal: Renewal, keys: IssuerKeys, random: Random
) -> Conversation[TransactionMark | CardRefusal]:
    yield from select_application(ACCESS.aid)
    session, _ = yield from open_slot(ACCESS.aid, _UPDATER, uid, keys, random)
    carried = yield from read_header(session)
    if carried is None:
        return CardRefusal(Cause.NOT_ISSUED, "the card was prepared but never issued")
    if carried.card_id != renewal.header.card_id:
        return CardRefusal(Cause.ALREADY_ISSUED, f"this is card {carried.card_id}, not the one to be renewed")
    return (yield from write_access_files(session, renewal.header, renewal.grant, renewal.revocations))
