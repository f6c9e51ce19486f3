"""After the unlock, while the card still lies there: what a point reads from it and writes onto it.

    ReadData of the revocations it carries · of the grant, where one can be renewed ·
    then one card transaction: our newer revocations, the access event

Nobody waits for it and nothing of the verdict depends on it: a card that is gone by now has its old state or its new
one, and the next tap works.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from card_protocol.channel.authenticate import Random
from card_protocol.channel.converse import Conversation
from card_protocol.channel.transaction import TransactionMark
from card_protocol.crypto.signing import Verify
from card_protocol.profiles.card_records import AccessEvent, Passage, point_tag
from card_protocol.profiles.gossip import Adoption, worth_writing
from card_protocol.profiles.grant_file import check_grant
from card_protocol.profiles.key_bundle import KeyBundle
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.revocation_delta import RevocationDelta, check_delta
from card_protocol.profiles.tap import CardReading
from card_protocol.profiles.write_back import WriteBack, read_grant, read_revocations, write_back
from card_protocol.words.event import Event, EventKind
from card_protocol.words.grant import GRANT_DAYS, Grant
from card_protocol.words.moment import DAY_MS, Moment
from card_protocol.words.point import Direction, Point

SEQ_MASK = 0xFFFFFFFF

UNREADABLE = frozenset({Cause.REVOCATIONS_FORGED, Cause.REVOCATIONS_FOREIGN, Cause.REVOCATIONS_MALFORMED})
"""What a file of a genuine card may not be: somebody wrote it who has the append key and not the signature."""

_PASSAGES = {Direction.IN: Passage.IN, Direction.OUT: Passage.OUT}


@dataclass(frozen=True)
class Errand:
    """What a point has for a card: keys, whom it believes, the 24 bytes of the event, signed deltas to hand on."""

    keys: KeyBundle
    verify: Verify
    event: bytes = field(repr=False)
    deltas: tuple[bytes, ...] = field(default=(), repr=False)
    looks_at_grant: bool = False
    """Whether to read the grant as well: where a card can be renewed, somebody must see that it is time."""


@dataclass(frozen=True)
class Cared:
    """What came of it. `carried`, with its bytes in `signed`, is what the card told us."""

    carried: RevocationDelta | CardRefusal | None
    signed: bytes = field(default=b"", repr=False)
    written: TransactionMark | CardRefusal | None = None
    """None when it did not come to writing."""
    handed_upto: int | None = None
    """How far the revocations reach that were written."""
    grant: Grant | CardRefusal | None = None
    """What the card carries; None when it was not looked at."""


def access_event(gateway: str, point: Point, area: int, seq: int, version: int, wall_ms: int) -> bytes:
    """The record for the card's log; `seq` is the event's in the journal, 0 when that was late."""
    passage = _PASSAGES.get(point.direction, Passage.NONE)
    return AccessEvent(
        passage, area, point_tag(gateway, point.id), wall_ms, seq & SEQ_MASK, version & SEQ_MASK
    ).encode()


def care(reading: CardReading, errand: Errand, random: Random) -> Conversation[Cared]:
    """Run the errand in the session of the tap. Returns for everything that a card may do; a lost reader raises."""
    raw = yield from read_revocations(reading)
    if isinstance(raw, CardRefusal):
        return Cared(raw)
    grant = (yield from _grant_of(reading, errand.verify)) if errand.looks_at_grant else None
    carried = check_delta(raw, errand.keys.community, errand.verify)
    held = newest_of(errand.deltas, errand.keys.community, errand.verify)
    handed = held if held is not None and worth_writing(carried, held[0]) else None
    what = WriteBack(errand.event, handed[1] if handed else b"")
    written = yield from write_back(reading, errand.keys, what, random)
    return Cared(carried, raw, written, handed[0].upto if handed else None, grant)


def _grant_of(reading: CardReading, verify: Verify) -> Conversation[Grant | CardRefusal]:
    raw = yield from read_grant(reading)
    return raw if isinstance(raw, CardRefusal) else check_grant(raw, reading.uid, reading.header, verify)


def wants_renewal(grant: Grant | CardRefusal | None, now_ms: int) -> bool:
    """Whether less than half of a grant's life is left, or there is none that counts."""
    if isinstance(grant, Grant):
        return grant.valid_to_ms - now_ms < GRANT_DAYS * DAY_MS // 2
    return isinstance(grant, CardRefusal) and grant.cause is not Cause.PULLED_AWAY


def newest_of(deltas: Iterable[bytes], community: str, verify: Verify) -> tuple[RevocationDelta, bytes] | None:
    """The delta that reaches furthest, of those that are genuine, with its bytes."""
    checked = ((check_delta(raw, community, verify), raw) for raw in deltas)
    genuine = [(delta, raw) for delta, raw in checked if isinstance(delta, RevocationDelta)]
    return max(genuine, key=lambda pair: pair[0].upto, default=None)


def follow_up(
    cared: Cared, adopted: Adoption | CardRefusal | None, card_id: str, point: str, seq: int, moment: Moment
) -> list[Event]:
    """What the journal should hear besides refused files: the transaction on the card, and revocations it brought."""

    def event(kind: EventKind, card: str, **detail: str | int) -> Event:
        return Event(kind=kind, **moment.model_dump(), point=point, card_id=card, detail=detail)

    events = []
    if isinstance(cared.written, TransactionMark):
        handed = {} if cared.handed_upto is None else {"revocations_upto": cared.handed_upto}
        events.append(event(EventKind.CARD_WRITTEN, card_id, tap_seq=seq, counter=cared.written.counter, **handed))
    elif isinstance(cared.written, CardRefusal):
        events.append(event(EventKind.CARD_UNWRITTEN, card_id, tap_seq=seq, cause=cared.written.cause.value))
    for entry in adopted.news if isinstance(adopted, Adoption) else ():
        detail = {"rev_seq": entry.rev_seq, "state": entry.state.value, "source": "card"}
        events.append(event(EventKind.REVOCATION_APPLIED, entry.card_id, **detail))
    return events
