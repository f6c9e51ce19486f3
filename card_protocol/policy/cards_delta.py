"""What has changed in the cards of a community between two states: cheap, however many cards there are.

A delta from base b to seq s names, for every card that changed in between, what it is at s, or that it is gone. So it
brings *any* state from b to s up to s, not only b itself: a gateway keeps the buckets of b as they are and lays the
newest delta over them, each new one in the place of the one before.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pydantic import Field, model_validator

from card_protocol.policy.lines import pack_lines, unpack_lines
from card_protocol.policy.rules import CardEntry
from card_protocol.words.base import Count, Word
from card_protocol.words.division import DivisionCode
from card_protocol.words.ids import CardId

DELTA_MAX_CARDS = 100_000
DELTA_MAX_BYTES = 64 * 1024 * 1024


class DeltaHead(Word):
    """What a delta says of itself: how many cards and how many that are gone follow."""

    community: DivisionCode
    base_seq: Count
    seq: Count
    cards: int = Field(ge=0, le=DELTA_MAX_CARDS)
    gone: int = Field(ge=0, le=DELTA_MAX_CARDS)

    @model_validator(mode="after")
    def _forwards(self) -> "DeltaHead":
        if self.base_seq > self.seq:
            raise ValueError("a delta leads forwards")
        return self


class _Gone(Word):
    card_id: CardId


class CardsDelta(NamedTuple):
    """Cards as they are now, and ids of those that no gateway needs to know any more."""

    head: DeltaHead
    cards: tuple[CardEntry, ...]
    gone: tuple[str, ...]


def encode_delta(delta: CardsDelta) -> bytes:
    """A delta -> packed bytes."""
    return pack_lines(_lines(delta))


def decode_delta(data: bytes) -> CardsDelta:
    """Packed bytes -> delta; ValueError says what is wrong with which line."""
    lines = unpack_lines(data, "delta", DELTA_MAX_BYTES)
    first = next(lines, None)
    if first is None:
        raise ValueError("the delta is empty")
    head = DeltaHead.from_bytes(first)
    cards = tuple(_read(lines, head.cards))
    gone = tuple(_Gone.from_bytes(line).card_id for line in _some(lines, head.gone))
    if next(lines, None) is not None:
        raise ValueError("the delta holds more than it promises")
    ids = [*(card.card_id for card in cards), *gone]
    if len(set(ids)) != len(ids):
        raise ValueError("a card is in the delta twice")
    return CardsDelta(head, cards, gone)


def apply_delta(cards: Iterable[CardEntry], delta: CardsDelta) -> Iterator[CardEntry]:
    """Cards in the order of their ids, and a delta -> the cards afterwards, in the same order."""
    fresh = {card.card_id: card for card in delta.cards}
    changed = fresh.keys() | set(delta.gone)
    waiting = sorted(fresh.values(), key=lambda card: card.card_id, reverse=True)
    for card in cards:
        while waiting and waiting[-1].card_id < card.card_id:
            yield waiting.pop()
        if card.card_id not in changed:
            yield card
    yield from reversed(waiting)


def _lines(delta: CardsDelta) -> Iterator[bytes]:
    if (delta.head.cards, delta.head.gone) != (len(delta.cards), len(delta.gone)):
        raise ValueError("the head of the delta promises other cards than were given")
    yield delta.head.to_bytes()
    yield from (card.to_bytes() for card in delta.cards)
    yield from (_Gone(card_id=card_id).to_bytes() for card_id in delta.gone)


def _read(lines: Iterator[bytes], count: int) -> Iterator[CardEntry]:
    for number, line in enumerate(_some(lines, count), 2):
        try:
            yield CardEntry.from_bytes(line)
        except ValueError as error:
            raise ValueError(f"delta line {number}: {error}") from error


def _some(lines: Iterator[bytes], count: int) -> Iterator[bytes]:
    for _ in range(count):
        line = next(lines, None)
        if line is None:
            raise ValueError("the delta ends before all that it promises")
        yield line
