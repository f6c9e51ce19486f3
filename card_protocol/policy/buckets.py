"""The cards of a community in buckets: fetched one by one, shared by all gateways, kept while they do not change.

A bucket is a run of cards in the order of their ids, packed (`policy.lines`). An index names the buckets by their
digests; whoever has a bucket of that digest need not fetch it. The borders between buckets stay where they were as
long as no bucket grows too large: a change of one card changes one bucket, and new cards, whose ids are the newest,
change the last.

`seq` is the state of the cards: the number of the last change that is contained. Between two indexes there are
deltas (`policy.cards_delta`).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from pydantic import Field, model_validator

from card_protocol.policy.lines import digest_of, pack_lines, pack_word, unpack_lines, unpack_word
from card_protocol.policy.rules import CardEntry
from card_protocol.words.base import Count, Positive, Word
from card_protocol.words.division import DivisionCode
from card_protocol.words.ids import CardId, HashText

BUCKET_CARDS = 2000
"""How many cards a new bucket gets; one that grows to twice as many is split."""

BUCKETS_MAX = 4096
BUCKET_MAX_BYTES = 16 * 1024 * 1024
INDEX_MAX_BYTES = 2 * 1024 * 1024


class Bucket(Word):
    """One run of cards: `first` is the id of its first card, `bytes` its packed size."""

    first: CardId
    sha256: HashText
    bytes: Positive
    cards: int = Field(ge=1, le=4 * BUCKET_CARDS)


class CardsIndex(Word):
    """All buckets of a community at one state."""

    community: DivisionCode
    seq: Count
    buckets: tuple[Bucket, ...] = Field(max_length=BUCKETS_MAX)

    @model_validator(mode="after")
    def _rising(self) -> "CardsIndex":
        if any(a.first >= b.first for a, b in pairwise(self.buckets)):
            raise ValueError("the buckets of an index rise by their first card")
        return self

    @property
    def cards(self) -> int:
        """How many cards there are."""
        return sum(bucket.cards for bucket in self.buckets)


def split(cards: Iterable[CardEntry], borders: Sequence[str] = ()) -> Iterator[list[CardEntry]]:
    """Cards in the order of their ids -> buckets, cut where `borders` (first cards of an earlier index) say.

    A run between two borders that has grown to twice BUCKET_CARDS is cut into runs of BUCKET_CARDS.
    """
    run: list[CardEntry] = []
    upcoming = iter(borders)
    border = next(upcoming, None)
    for card in cards:
        crossed = False
        while border is not None and card.card_id >= border:
            crossed, border = True, next(upcoming, None)
        if run and crossed:
            yield from _cut(run)
            run = []
        run.append(card)
        if len(run) >= 2 * BUCKET_CARDS and border is None:
            # Behind the last border everything is new: no need to hold it all.
            yield run[:BUCKET_CARDS]
            run = run[BUCKET_CARDS:]
    if run:
        yield from _cut(run)


def encode_bucket(cards: Sequence[CardEntry]) -> tuple[Bucket, bytes]:
    """A run of cards -> its line in the index, and its bytes."""
    data = pack_lines(card.to_bytes() for card in cards)
    return Bucket(first=cards[0].card_id, sha256=digest_of(data), bytes=len(data), cards=len(cards)), data


def decode_bucket(bucket: Bucket, data: bytes) -> list[CardEntry]:
    """The cards of a bucket, in order. ValueError when the bytes are not what its index names."""
    if digest_of(data) != bucket.sha256:
        raise ValueError("these are not the bytes of the bucket that was asked for")
    cards = [CardEntry.from_bytes(line) for line in unpack_lines(data, "bucket", BUCKET_MAX_BYTES)]
    if len(cards) != bucket.cards or cards[0].card_id != bucket.first:
        raise ValueError("the bucket holds other cards than its index says")
    if any(a.card_id >= b.card_id for a, b in pairwise(cards)):
        raise ValueError("the cards of a bucket rise by their ids")
    return cards


def encode_index(index: CardsIndex) -> bytes:
    """An index -> packed bytes."""
    return pack_word(index)


def decode_index(data: bytes) -> CardsIndex:
    """Packed bytes -> index; ValueError says what is wrong."""
    return unpack_word(data, CardsIndex, "index of cards", INDEX_MAX_BYTES)


def _cut(run: list[CardEntry]) -> Iterator[list[CardEntry]]:
    if len(run) < 2 * BUCKET_CARDS:
        yield run
        return
    for start in range(0, len(run), BUCKET_CARDS):
        yield run[start : start + BUCKET_CARDS]
