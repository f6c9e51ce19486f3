"""Whether what we hold of one journal is what its gateway wrote, and all of it. Pure: pieces in, findings out.

| finding | it means | complete? |
|---|---|---|
| missing | a number below the watermark has neither event, dead letter nor hole | no |
| hole | the gateway declared these numbers lost | no |
| altered | an event's bytes do not give the hash that the chain needs | no |
| head | the chain does not end where our position says | no |
| unsigned | no signature of the gateway covers these events | no |
| forged | a signature, or the key that it was checked with, is not the gateway's | no |
| unacknowledged | we never countersigned up to here | no |
| ack_forged | a countersignature is not ours, or names another hash | no |
| expired | removed because events stay only so long; what is said of them can no longer be checked | yes |
|  | (one that a purpose let go left its hash: the chain goes on over it, and its neighbours are checked) |  |
| dead_letter | no event, but its bytes are kept in its place | yes |
| fork | somebody sent another history; it is in quarantine | yes |
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum

from card_protocol.wire.ack import Ack
from card_protocol.wire.batch import Batch
from card_protocol.wire.sealed import Verify, signed_bytes
from card_protocol.words.event import GENESIS, chain_hash


class Kind(StrEnum):
    """What was found."""

    MISSING = "missing"
    HOLE = "hole"
    ALTERED = "altered"
    HEAD = "head"
    UNSIGNED = "unsigned"
    FORGED = "forged"
    UNACKNOWLEDGED = "unacknowledged"
    ACK_FORGED = "ack_forged"
    EXPIRED = "expired"
    DEAD_LETTER = "dead_letter"
    FORK = "fork"


HARMLESS = frozenset({Kind.EXPIRED, Kind.DEAD_LETTER, Kind.FORK})


NO_HOLES: Mapping[int, int] = {}


@dataclass(frozen=True)
class Finding:
    """Something about events first..last."""

    kind: Kind
    first: int
    last: int


@dataclass(frozen=True)
class Piece:
    """An event or dead letter as it is stored."""

    seq: int
    body: bytes
    hash: bytes
    dead: bool = False
    gone: bool = False
    """Deleted because its time was over: `body` is empty, the hash is what stayed of it."""


@dataclass(frozen=True)
class Seal:
    """A stored signature under a batch."""

    first: int
    last: int
    prev_hash: str
    gap_from: int | None
    signature: bytes
    key: str
    payload: bytes | None = None


@dataclass(frozen=True)
class AckSeal:
    """A stored countersignature."""

    upto: int
    payload: bytes
    signature: bytes


@dataclass(frozen=True)
class Journal:
    """Which journal, and where we say that we stand with it."""

    gateway: str
    epoch: str
    watermark: int
    head: str


def check_chain(
    journal: Journal,
    pieces: Iterable[Piece],
    holes: Mapping[int, int],
    after_hole: Mapping[int, str],
    expired: Set[int] = frozenset(),
) -> Iterator[Finding]:
    """Walk the pieces in order. `holes`: first -> last. `after_hole`: number -> the signed hash before it.

    `expired`: the holes, by their first number, that we made ourselves because their time was over.
    """
    expected, before = 1, GENESIS
    known = True
    for piece in pieces:
        while expected < piece.seq:
            last = holes.get(expected)
            kind = Kind.MISSING if last is None else Kind.EXPIRED if expected in expired else Kind.HOLE
            end = min(piece.seq - 1 if last is None else last, piece.seq - 1)
            yield Finding(kind, expected, end)
            expected = end + 1
            known = expected in after_hole
            before = bytes.fromhex(after_hole.get(expected, ""))
        if piece.dead:
            yield Finding(Kind.DEAD_LETTER, piece.seq, piece.seq)
        if piece.gone:
            yield Finding(Kind.EXPIRED, piece.seq, piece.seq)
        elif known and chain_hash(journal.gateway, journal.epoch, piece.seq, piece.body, before) != piece.hash:
            yield Finding(Kind.ALTERED, piece.seq, piece.seq)
        expected, before, known = piece.seq + 1, piece.hash, True
    while expected in expired and holes[expected] <= journal.watermark:
        yield Finding(Kind.EXPIRED, expected, holes[expected])
        expected, known = holes[expected] + 1, False
    if expected <= journal.watermark:
        yield Finding(Kind.MISSING, expected, journal.watermark)
    elif expected - 1 != journal.watermark or (known and (before.hex() or GENESIS.hex()) != journal.head):
        yield Finding(Kind.HEAD, journal.watermark, journal.watermark)


def check_end(journal: Journal, gaps: Iterable[tuple[int, int]]) -> Iterator[Finding]:
    """What the gateway says in another journal that it has lost of this one, behind our end. `gaps`: first, last."""
    upto = journal.watermark
    for first, last in sorted(gaps):
        if last > upto:
            yield Finding(Kind.HOLE, max(first, upto + 1), last)
            upto = last


def check_signatures(
    journal: Journal,
    seals: Iterable[Seal],
    pieces: Callable[[int, int], Sequence[Piece]],
    verifier_of: Callable[[str], Verify | None],
    holes: Mapping[int, int],
    expired: Set[int] = frozenset(),
) -> Iterator[Finding]:
    """Every event is under a genuine signature. `verifier_of` knows the keys that were ever enrolled, in hex."""
    covered, spans = 0, _spans(holes, expired)
    for seal in sorted(seals, key=lambda seal: (seal.first, -seal.last)):
        if seal.payload is None and _reaches(seal.first, seal.last, spans):
            covered = max(covered, seal.last)
            continue
        verify = verifier_of(seal.key)
        payload = seal.payload or _payload(journal, seal, pieces(seal.first, seal.last))
        genuine = verify is not None and payload is not None and verify(signed_bytes("batch", payload), seal.signature)
        if not genuine or not _tells(journal, seal, payload or b""):
            yield Finding(Kind.FORGED, seal.first, seal.last)
            continue
        yield from _uncovered(covered, seal.first - 1, holes)
        covered = max(covered, seal.last)
    yield from _uncovered(covered, journal.watermark, holes)


def check_acks(
    journal: Journal,
    acks: Iterable[AckSeal],
    hash_of: Callable[[int], bytes | None],
    verify: Verify,
    holes: Mapping[int, int] = NO_HOLES,
    expired: Set[int] = frozenset(),
) -> Iterator[Finding]:
    """We countersigned up to the watermark, and every countersignature is ours and names the hash that we hold."""
    newest, spans = 0, _spans(holes, expired)
    for ack in acks:
        word = _ack_in(ack.payload)
        ours = hash_of(ack.upto)
        says = word is not None and (word.gateway, word.epoch, word.upto) == (journal.gateway, journal.epoch, ack.upto)
        gone = ours is None and _reaches(ack.upto, ack.upto, spans)
        fits = word is not None and (gone or (ours is not None and word.head_hash == ours.hex()))
        if says and fits and verify(signed_bytes("ack", ack.payload), ack.signature):
            newest = max(newest, ack.upto)
        else:
            yield Finding(Kind.ACK_FORGED, ack.upto, ack.upto)
    if newest > journal.watermark:
        yield Finding(Kind.HEAD, journal.watermark + 1, newest)
    if newest < journal.watermark:
        yield Finding(Kind.UNACKNOWLEDGED, newest + 1, journal.watermark)


def _spans(holes: Mapping[int, int], expired: Set[int]) -> list[tuple[int, int]]:
    return sorted((first, holes[first]) for first in expired)


def _reaches(first: int, last: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether any of these numbers was removed because its time was over. `spans` are sorted and apart."""
    place = bisect_right(spans, last, key=lambda span: span[0])
    return place > 0 and spans[place - 1][1] >= first


def _uncovered(covered: int, upto: int, holes: Mapping[int, int]) -> Iterator[Finding]:
    """The numbers behind `covered` up to `upto` that are no hole."""
    first = covered + 1
    if first > upto:
        return
    for start, end in sorted(holes.items()):
        if first <= start <= upto:
            if first < start:
                yield Finding(Kind.UNSIGNED, first, start - 1)
            first = max(first, end + 1)
    if first <= upto:
        yield Finding(Kind.UNSIGNED, first, upto)


def _payload(journal: Journal, seal: Seal, pieces: Sequence[Piece]) -> bytes | None:
    """What the gateway must have signed, if what we hold is what it sent."""
    if [piece.seq for piece in pieces] != list(range(seal.first, seal.last + 1)):
        return None
    try:
        batch = Batch(
            gateway=journal.gateway,
            epoch=journal.epoch,
            first_seq=seal.first,
            prev_hash=seal.prev_hash,
            events=tuple(piece.body.decode() for piece in pieces),
            head_hash=pieces[-1].hash.hex(),
            gap_from=seal.gap_from,
        )
    except ValueError:
        return None
    return batch.to_bytes()


def _tells(journal: Journal, seal: Seal, payload: bytes) -> bool:
    """Whether a payload that was kept as it came is about these events."""
    if seal.payload is None:
        return True
    try:
        batch = Batch.from_bytes(payload)
    except ValueError:
        return False
    told = (batch.gateway, batch.epoch, batch.first_seq, batch.last_seq)
    return told == (journal.gateway, journal.epoch, seal.first, seal.last)


def _ack_in(payload: bytes) -> Ack | None:
    try:
        return Ack.from_bytes(payload)
    except ValueError:
        return None
