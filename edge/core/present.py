"""From a card in the field to a presentation: the conversation, and what it came to in the decider's words."""

from dataclasses import dataclass
from typing import Final

from card_protocol.channel.authenticate import Random
from card_protocol.channel.converse import Conversation
from card_protocol.profiles.key_bundle import KeyBundle
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.tap import read_card
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Presentation

LEASE_OVER: Final = "lease_over"
"""The cause when this box may no longer use its card keys."""

_NOT_OF_OUR_KIND: Final = frozenset({Cause.NO_APPLICATION, Cause.NOT_OUR_UID})


@dataclass(frozen=True)
class Told:
    """What is known of a card, and for the record why not more (a `Cause`, or LEASE_OVER; empty when all went well)."""

    presentation: Presentation
    cause: str = ""


def present(uid: str, keys: KeyBundle, random: Random, moment: Moment) -> Conversation[Told]:
    """Talk to the card that showed `uid` (hex). Returns for everything that a card may do; a lost reader raises.

    A bank card, a phone or a transit card is no fault: it is a number that anyone can copy, which a point may
    accept by waiver. A card that holds our application and fails to prove itself is one.
    """
    if moment.clock is not ClockQuality.UNKNOWN and not keys.leased_at(moment.wall_ms):
        return Told(bare(uid, Reason.POLICY_EXPIRED), LEASE_OVER)
    reading = yield from read_card(bytes.fromhex(uid), keys, random)
    if isinstance(reading, CardRefusal):
        fault = None if reading.cause in _NOT_OF_OUR_KIND else reading.reason
        return Told(bare(uid, fault), reading.cause)
    proven = Presentation(uid=reading.uid.hex().upper(), assurance=Assurance.CARD, card_id=reading.header.card_id)
    return Told(proven)


def bare(uid: str, fault: Reason | None = None) -> Presentation:
    """A number, and nothing that was proven."""
    return Presentation(uid=uid, assurance=Assurance.UID, fault=fault)
