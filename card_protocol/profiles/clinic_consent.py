"""The consent to notes in the clinic's application on a card: one bit, written by the server alone, read at clinics."""

from typing import Final

from card_protocol.channel.applications import select_application
from card_protocol.channel.authenticate import Random
from card_protocol.channel.converse import Conversation
from card_protocol.channel.data import write_data
from card_protocol.channel.transaction import commit
from card_protocol.profiles.card_keys import IssuerKeys, open_slot
from card_protocol.profiles.kinds.clinic import CONSENT_AT, CONSENT_TO_NOTES
from card_protocol.profiles.layout import CLINIC
from card_protocol.profiles.refusal import CardRefusal, refusing

_POINTER: Final = CLINIC.file("pointer")
_MASTER: Final = CLINIC.key("master")


def set_consent(uid: bytes, given: bool, keys: IssuerKeys, random: Random) -> Conversation[bool | CardRefusal]:
    """Write whether visits may be noted on the card `uid`; what was written."""
    return (yield from refusing(_set(uid, given, keys, random)))


def _set(uid: bytes, given: bool, keys: IssuerKeys, random: Random) -> Conversation[bool | CardRefusal]:
    yield from select_application(CLINIC.aid)
    session, _ = yield from open_slot(CLINIC.aid, _MASTER, uid, keys, random)
    bits = bytes((CONSENT_TO_NOTES if given else 0,))
    yield from write_data(session, _POINTER.number, CONSENT_AT, bits, _POINTER.mode)
    yield from commit(session)
    return given
