"""From a card in the field to a presentation: the conversation, and what it came to in the decider's words.

A card that the book knows is read in four round trips. For one that it does not know, a fifth reads the grant that
the card carries, in the same session: so an offline door admits a card that it never heard of.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from card_protocol.channel.authenticate import Random
from card_protocol.channel.converse import Conversation
from card_protocol.crypto.signing import Verify
from card_protocol.profiles.card_records import AccessEvent
from card_protocol.profiles.grant_file import check_grant
from card_protocol.profiles.key_bundle import KeyBundle
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.tap import CardReading, read_card
from card_protocol.profiles.write_back import read_grant, read_last_event
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Presentation

LEASE_OVER: Final = "lease_over"
"""The cause when this box may no longer use its card keys."""

_NOT_OF_OUR_KIND: Final = frozenset({Cause.NO_APPLICATION, Cause.NOT_OUR_UID})


@dataclass(frozen=True)
class Grants:
    """How grants on cards are judged here: who must have signed them, and of which cards one is read.

    `sought` answers for a card id: None when the grant does not matter, because the book knows the card or it is
    revoked; else the newest serial that was ever seen of it, 0 for none.
    """

    verify: Verify
    sought: Callable[[str], int | None]


@dataclass(frozen=True)
class Told:
    """What is known of a card, and for the record why not more (a `Cause`, or LEASE_OVER; empty when all went well).

    `reading` is the open session of a card that proved itself, for what follows the unlock.
    """

    presentation: Presentation
    cause: str = ""
    reading: CardReading | None = field(default=None, compare=False, repr=False)
    last: AccessEvent | None = None
    """The newest record of the card's log, where it was asked for."""


def present(
    uid: str, keys: KeyBundle, random: Random, moment: Moment, grants: Grants | None = None, *, asks_log: bool = False
) -> Conversation[Told]:
    """Talk to the card that showed `uid` (hex), and read where it went last if the point `asks_log`.

    A card whose log is still empty has lost its session by saying so, and is talked to once more.
    """
    told = yield from _present(uid, keys, random, moment, grants)
    if not asks_log or told.reading is None or told.presentation.fault is not None:
        return told
    raw = yield from read_last_event(told.reading)
    if raw is None:
        return (yield from _present(uid, keys, random, moment, grants))
    if isinstance(raw, CardRefusal):
        return Told(bare(told.presentation.uid, raw.reason), raw.cause)
    return replace(told, last=AccessEvent.decode(raw))


def _present(
    uid: str, keys: KeyBundle, random: Random, moment: Moment, grants: Grants | None = None
) -> Conversation[Told]:
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
    newest_serial = grants.sought(reading.header.card_id) if grants is not None else None
    if grants is None or newest_serial is None:
        return Told(proven, reading=reading)
    return (yield from _with_grant(proven, reading, grants.verify, newest_serial))


def _with_grant(proven: Presentation, reading: CardReading, verify: Verify, newest_serial: int) -> Conversation[Told]:
    """A card without a grant is simply unknown; one whose grant is not good is refused for that."""
    raw = yield from read_grant(reading)
    if isinstance(raw, CardRefusal):
        return Told(bare(proven.uid, raw.reason), raw.cause)
    grant = check_grant(raw, reading.uid, reading.header, verify, newest_serial=newest_serial)
    if not isinstance(grant, CardRefusal):
        return Told(proven.model_copy(update={"grant": grant}), reading=reading)
    fault = None if grant.cause is Cause.GRANT_ABSENT else grant.reason
    return Told(proven.model_copy(update={"fault": fault}), grant.cause, reading)


def bare(uid: str, fault: Reason | None = None) -> Presentation:
    """A number, and nothing that was proven."""
    return Presentation(uid=uid, assurance=Assurance.UID, fault=fault)
