"""A clinic's queue of one day: who has come, in which order they are called, what became of each. Pure.

WAITING ─call→ CALLED ─enter→ INSIDE ─finish→ DONE
   ↑             └─miss→ MISSED ─return→ WAITING, behind those who wait
   └ a tap is an arrival; whoever taps again keeps their number
LEFT: gone without having been inside
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class Place(StrEnum):
    """Where somebody is."""

    WAITING = "waiting"
    CALLED = "called"
    INSIDE = "inside"
    MISSED = "missed"
    """Called, and nobody came."""
    DONE = "done"
    LEFT = "left"


class Move(StrEnum):
    """What happens to a number."""

    CALL = "call"
    ENTER = "enter"
    FINISH = "finish"
    MISS = "miss"
    RETURN = "return"
    LEAVE = "leave"


MOVES: Final[dict[tuple[Place, Move], Place]] = {
    (Place.WAITING, Move.CALL): Place.CALLED,
    (Place.WAITING, Move.ENTER): Place.INSIDE,
    (Place.WAITING, Move.LEAVE): Place.LEFT,
    (Place.CALLED, Move.CALL): Place.CALLED,
    (Place.CALLED, Move.ENTER): Place.INSIDE,
    (Place.CALLED, Move.MISS): Place.MISSED,
    (Place.CALLED, Move.LEAVE): Place.LEFT,
    (Place.MISSED, Move.CALL): Place.CALLED,
    (Place.MISSED, Move.RETURN): Place.WAITING,
    (Place.MISSED, Move.LEAVE): Place.LEFT,
    (Place.INSIDE, Move.FINISH): Place.DONE,
}

ENDED: Final = frozenset({Place.DONE, Place.LEFT})


@dataclass(frozen=True)
class Ticket:
    """A number of a day. `since_ms` orders those who wait."""

    number: int
    place: Place
    arrived_ms: int
    since_ms: int
    called_ms: int | None = None
    inside_ms: int | None = None
    ended_ms: int | None = None


def arrived(numbers: int, at_ms: int) -> Ticket:
    """The ticket of somebody who comes when `numbers` have been given out."""
    return Ticket(numbers + 1, Place.WAITING, at_ms, at_ms)


def move(ticket: Ticket, what: Move, now_ms: int) -> Ticket | None:
    """The ticket after a move; None when the table has no such move."""
    place = MOVES.get((ticket.place, what))
    if place is None:
        return None
    after = replace(ticket, place=place)
    if what is Move.CALL:
        return replace(after, called_ms=now_ms)
    if what is Move.ENTER:
        return replace(after, inside_ms=now_ms)
    if what is Move.RETURN:
        return replace(after, since_ms=now_ms)
    return replace(after, ended_ms=now_ms) if place in ENDED else after


def turn(ticket: Ticket) -> tuple[int, int]:
    """What orders those who wait: who has waited longest is first."""
    return ticket.since_ms, ticket.number


def next_of(tickets: list[Ticket]) -> Ticket | None:
    """Whose turn it is."""
    return min((ticket for ticket in tickets if ticket.place is Place.WAITING), key=turn, default=None)
