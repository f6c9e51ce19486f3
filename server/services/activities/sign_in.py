"""A sign-in: to which activity a tap belongs, and what it comes to. Pure.

A card proves that it is ours, not who holds it. Who signs in with another person's card is there until somebody at the
door sees it and strikes it out; then the holder counts as absent, no later tap of that card brings it back, and only a
sign-in by name, by somebody who sees the person, does.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from card_protocol.words.moment import MINUTE_MS
from server.services.activities.quorum import Mark

EARLY_MS: Final = 60 * MINUTE_MS
"""So long before the beginning a tap is for it."""

HASTY_MS: Final = 1500
"""Two cards so soon after one another at one point: perhaps one person held both."""


class Way(StrEnum):
    """How somebody signs in."""

    TAP = "tap"
    NAME = "name"
    """At the table: somebody sees the person and ticks them off."""


class Span(NamedTuple):
    """An activity at a point: when it is, and whether the person is on its list."""

    id: str
    from_ms: int
    to_ms: int
    expects: bool
    """The person is invited and has not come yet."""


def which(spans: Iterable[Span], at_ms: int) -> str | None:
    """The activity that a tap at a moment is for: one that expects the person before one that does not, then the one
    that is on before one that is to come, then the one that began last."""
    fit = [span for span in spans if span.from_ms - EARLY_MS <= at_ms <= span.to_ms]
    best = max(fit, key=lambda span: (span.expects, span.from_ms <= at_ms, -abs(at_ms - span.from_ms)), default=None)
    return best.id if best is not None else None


OUTCOMES: Final[dict[tuple[Mark | None, Way], Mark]] = {
    (None, Way.TAP): Mark.GUEST,
    (None, Way.NAME): Mark.GUEST,
    (Mark.INVITED, Way.TAP): Mark.PRESENT,
    (Mark.INVITED, Way.NAME): Mark.PRESENT,
    (Mark.EXCUSED, Way.TAP): Mark.PRESENT,
    (Mark.EXCUSED, Way.NAME): Mark.PRESENT,
    (Mark.EXEMPT, Way.TAP): Mark.PRESENT,
    (Mark.EXEMPT, Way.NAME): Mark.PRESENT,
    (Mark.PRESENT, Way.TAP): Mark.PRESENT,
    (Mark.PRESENT, Way.NAME): Mark.PRESENT,
    (Mark.GUEST, Way.TAP): Mark.GUEST,
    (Mark.GUEST, Way.NAME): Mark.GUEST,
    (Mark.STRUCK, Way.TAP): Mark.STRUCK,
    (Mark.STRUCK, Way.NAME): Mark.PRESENT,
}
"""Mark before (None: not on the list), way -> mark after."""

STRIKEABLE: Final = frozenset({Mark.PRESENT, Mark.GUEST})


def struck(mark: Mark, way: Way | None) -> Mark | None:
    """A sign-in by card that was somebody else's is struck out; None for one that no card made."""
    return Mark.STRUCK if mark in STRIKEABLE and way is Way.TAP else None


def is_hasty(previous_ms: int | None, at_ms: int) -> bool:
    """Whether one person may have held both this card and the one before."""
    return previous_ms is not None and 0 <= at_ms - previous_ms < HASTY_MS
