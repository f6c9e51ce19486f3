"""What the server has ordered, as it is kept by the daemon and read by the points."""

from typing import Protocol

from pydantic import Field

from card_protocol.wire.command import Command, Level, Outcome
from card_protocol.wire.state import IN_FORCE_MAX, LockedDown
from card_protocol.words.base import Count, Positive, Word
from card_protocol.words.ids import Slug
from card_protocol.words.moment import WallMs

ANSWERS_KEPT = 64
WAITING_MAX = 32
"""Commands that the points may still have to see; a point that slept through so many has slept through most."""


class Hold(Word):
    """A point that was told to stand open."""

    point: Slug
    number: Positive


class Lockdown(Word):
    """An area that is locked down."""

    area: Slug
    level: Level
    number: Positive


class Answer(Word):
    """What was made of a command."""

    number: Positive
    outcome: Outcome


class Orders(Word):
    """Everything that the box knows of commands; one small file."""

    not_before_ms: WallMs = 0
    newest: Count = 0
    holds: tuple[Hold, ...] = Field(default=(), max_length=IN_FORCE_MAX)
    lockdowns: tuple[Lockdown, ...] = Field(default=(), max_length=IN_FORCE_MAX)
    waiting: tuple[Command, ...] = Field(default=(), max_length=WAITING_MAX)
    """The newest that were taken, oldest first: for the points, which remember how far they have come."""
    answers: tuple[Answer, ...] = Field(default=(), max_length=ANSWERS_KEPT)

    def is_held(self, point: str) -> bool:
        """Whether the point was told to stand open."""
        return any(hold.point == point for hold in self.holds)

    def lockdown_of(self, area: str) -> int:
        """The lockdown level of an area; 0 for none."""
        return next((lockdown.level for lockdown in self.lockdowns if lockdown.area == area), 0)

    @property
    def held(self) -> frozenset[str]:
        """For the State."""
        return frozenset(hold.point for hold in self.holds)

    @property
    def locked_down(self) -> tuple[LockedDown, ...]:
        """For the State."""
        return tuple(LockedDown(area=one.area, level=one.level) for one in self.lockdowns)


NO_ORDERS = Orders()


class OrderBook(Protocol):
    """Never raises: what cannot be read now is what was read last."""

    def current(self) -> Orders | None:
        """The orders as they stand; cheap while nothing has changed. Any thread.

        None when they were never readable: then nobody knows what holds, and doors stay as they are.
        """
        ...

    def wait(self, timeout_ms: int) -> None:
        """Return when something may have changed, after `timeout_ms` at the latest. One thread."""
        ...

    def wake(self) -> None:
        """Let `wait` return now. Any thread."""
        ...
