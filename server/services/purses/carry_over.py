"""Whether the money of a card that is lost may go to another one, and how much of it. Pure.

A lost card goes on paying at a station that has not heard of its end. So its money moves only when every station that
could have taken some denies it, and has told everything since: then the books are whole, to the last fen.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from card_protocol.words.card import CardState
from card_protocol.words.moment import MINUTE_MS
from server.services.purses.purse_books import Books, Fate

ENDED: Final = frozenset({CardState.LOST, CardState.REVOKED})
SETTLE_MS: Final = MINUTE_MS
"""A payment that was under way when a station heard of the end is in its journal by then."""


class Why(StrEnum):
    """What is in the way."""

    WORKS = "works"
    """The card is not lost and not revoked."""
    UNKNOWN = "unknown"
    """No report says what it holds."""
    EMPTY = "empty"
    OPEN = "open"
    """Something stands open in its books."""
    PAYS = "pays"
    """A station may still take money from it."""
    SILENT = "silent"
    """A station has not told everything."""
    GONE = "gone"
    """A station's journal has a hole, or will never come: the box was shut out."""
    MOVED = "moved"
    MOVING = "moving"
    """It was begun at a desk and broke off: the card that it went to must be laid there again."""


WAIVABLE: Final = frozenset({Why.OPEN, Why.GONE})
"""Nobody can mend these: somebody answers for it with a reason, and what is not certain stays behind."""


class Hindrance(NamedTuple):
    """One thing that is in the way, and at which gateway."""

    why: Why
    gateway: str | None = None


class Station(NamedTuple):
    """A gateway that takes money, as far as it concerns the card."""

    gateway: str
    denied_ms: int | None
    """Since when it denies the card."""
    told_ms: int
    """When it last said how it stands; 0 while it is away or has not told everything."""
    gone: bool


def hindrances(state: CardState, books: Books, stations: Iterable[Station]) -> list[Hindrance]:
    """Everything that is in the way of moving what a card holds."""
    if state not in ENDED:
        return [Hindrance(Why.WORKS)]
    found = [hindrance for station in stations if (hindrance := _at(station)) is not None]
    if books.balance is None:
        return [*found, Hindrance(Why.UNKNOWN)]
    if books.items:
        found.append(Hindrance(Why.OPEN))
    if certain(books) <= 0:
        found.append(Hindrance(Why.EMPTY))
    return found


def certain(books: Books) -> int:
    """What it holds for certain [fen]: a payment of which nobody knows counts as taken, a top-up as not put on."""
    newest = books.balance or 0
    doubtful = sum(line.told.amount for line in books.lines if line.fate is Fate.OPEN and line.told.amount < 0)
    return max(0, newest + doubtful)


def _at(station: Station) -> Hindrance | None:
    if station.gone:
        return Hindrance(Why.GONE, station.gateway)
    if station.denied_ms is None:
        return Hindrance(Why.PAYS, station.gateway)
    if station.told_ms < station.denied_ms + SETTLE_MS:
        return Hindrance(Why.SILENT, station.gateway)
    return None
