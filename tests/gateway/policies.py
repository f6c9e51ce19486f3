"""Policies for tests: heads, cards, and what a server would send of them."""

from collections.abc import Iterable, Sequence

from card_protocol.policy.buckets import CardsIndex, encode_bucket, encode_index
from card_protocol.policy.cards_delta import CardsDelta, DeltaHead, encode_delta
from card_protocol.policy.lines import digest_of, pack_word
from card_protocol.policy.rules import AccessLevel, CardEntry, PolicyHead
from card_protocol.wire.manifest import Manifest
from card_protocol.wire.offer import Blob, CardsOffer, DeltaOffer
from card_protocol.words.card import CardState
from card_protocol.words.ids import ulid_from_bytes
from card_protocol.words.point import Point, PointKind
from card_protocol.words.revocation import Revocation
from card_protocol.words.schedule import always
from tests.gateway.world import COMMUNITY, GATEWAY, NOON_MS

DAY_MS = 86_400_000
GATE = Point(id="south-gate-in", kind=PointKind.GATE, name_zh="南门", name_en="South gate", area="compound")
HOME = AccessLevel(
    id="home", number=1, name_zh="居民", name_en="Residents", points=frozenset({GATE.id}), schedule="always"
)


def card_id(number: int) -> str:
    return ulid_from_bytes(number.to_bytes(16, "big"))


def card(number: int, **changed: object) -> CardEntry:
    fields = {
        "card_id": card_id(number),
        "uid": f"04{number:012X}",
        "holder": f"{number:016X}",
        "state": CardState.ACTIVE,
        "valid_from_ms": NOON_MS - DAY_MS,
        "valid_to_ms": NOON_MS + DAY_MS,
        "levels": ("home",),
    }
    return CardEntry.model_validate(fields | changed)


def head(version: int = 1, cards: int = 0, **changed: object) -> PolicyHead:
    fields = {
        "version": version,
        "community": COMMUNITY,
        "issued_ms": NOON_MS - DAY_MS,
        "expires_ms": NOON_MS + 30 * DAY_MS,
        "rev_seq": 0,
        "points": (GATE,),
        "levels": (HOME,),
        "schedules": (always("always"),),
        "cards": cards,
    }
    return PolicyHead.model_validate(fields | changed)


Shelf = dict[str, bytes]
"""What a server has to give, by digest."""


def piece(shelf: Shelf, data: bytes) -> Blob:
    """Put bytes on the shelf; how a manifest names them."""
    blob = Blob(sha256=digest_of(data), bytes=len(data))
    shelf[blob.sha256] = data
    return blob


def cards_index(shelf: Shelf, cards: Sequence[CardEntry], seq: int = 0, each: int = 3) -> CardsIndex:
    """Cards in buckets of a few."""
    lines = []
    for start in range(0, len(cards), each):
        bucket, data = encode_bucket(cards[start : start + each])
        shelf[bucket.sha256] = data
        lines.append(bucket)
    return CardsIndex(community=COMMUNITY, seq=seq, buckets=tuple(lines))


def cards_delta(base_seq: int, seq: int, cards: Sequence[CardEntry] = (), gone: Sequence[int] = ()) -> CardsDelta:
    """What has changed."""
    head = DeltaHead(community=COMMUNITY, base_seq=base_seq, seq=seq, cards=len(cards), gone=len(gone))
    return CardsDelta(head, tuple(cards), tuple(card_id(number) for number in gone))


def offer(shelf: Shelf, index: CardsIndex, *deltas: CardsDelta) -> CardsOffer:
    """What a manifest says of the cards."""
    offered = tuple(DeltaOffer(base_seq=d.head.base_seq, blob=piece(shelf, encode_delta(d))) for d in deltas)
    seq = deltas[0].head.seq if deltas else index.seq
    return CardsOffer(seq=seq, index_seq=index.seq, index=piece(shelf, encode_index(index)), deltas=offered)


def manifest_of(shelf: Shelf, its_head: PolicyHead, cards: CardsOffer) -> Manifest:
    """The manifest of a policy whose pieces are on the shelf."""
    return Manifest(
        gateway=GATEWAY,
        version=its_head.version,
        issued_ms=its_head.issued_ms,
        expires_ms=its_head.expires_ms,
        head=piece(shelf, pack_word(its_head)),
        cards=cards,
        rev_seq=its_head.rev_seq,
    )


def snapshot(version: int, cards: Iterable[CardEntry] = (), **changed: object) -> tuple[Manifest, Shelf]:
    """A policy as it is offered to a gateway that has nothing: its manifest and its pieces."""
    entries, shelf = list(cards), Shelf()
    its_head = head(version, len(entries), **changed)
    return manifest_of(shelf, its_head, offer(shelf, cards_index(shelf, entries))), shelf


def revocation(rev_seq: int, number: int, state: CardState = CardState.REVOKED) -> Revocation:
    return Revocation(
        rev_seq=rev_seq, card_id=card_id(number), state=state, at_ms=NOON_MS, expires_ms=NOON_MS + 7 * DAY_MS
    )
