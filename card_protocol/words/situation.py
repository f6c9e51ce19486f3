"""What the rules need to know of the past and of the doors around: a value, kept elsewhere and handed in.

Times are durations counted back from the decision, so that the keeper can measure them on the clock that it trusts
most. Nothing known is the default, and it never refuses anybody that the default policy would let in.
"""

from pydantic import Field

from card_protocol.words.base import Count, OrderedSet, Word
from card_protocol.words.ids import Pseudonym, Slug
from card_protocol.words.point import Direction

INTERLOCK_MAX_POINTS = 8
CARD_MAX_ROLES = 16
LOCKDOWN_MAX_LEVEL = 4

Roles = OrderedSet[Slug]
"""Names that a community gives to what some cards may do; `Privileges` in the policy says what."""


class Passage(Word):
    """How the holder last passed a point of this area, at any gateway that we have heard of."""

    direction: Direction
    ago_ms: Count


class Partner(Word):
    """The last other card at this point that was let in, or that only waits for a second person."""

    holder: Pseudonym
    roles: Roles = Field(default=frozenset(), max_length=CARD_MAX_ROLES)
    ago_ms: Count


class Situation(Word):
    """The world around one presentation."""

    last: Passage | None = None
    inside: Count = 0
    """People in the point's area."""
    open_points: OrderedSet[Slug] = Field(default=frozenset(), max_length=INTERLOCK_MAX_POINTS)
    """Points that are not closed and locked."""
    first_seen: bool = False
    """Somebody with a first-person role has entered this area in the schedule that is open now."""
    partner: Partner | None = None
    uses: Count = 0
    """How often this card was let in before."""
    lockdown: int = Field(default=0, ge=0, le=LOCKDOWN_MAX_LEVEL)
    """The lockdown level of the point's area; 0 is none."""
    offline_ms: Count = 0
    """Since the gateway last heard from the server."""


NOTHING_KNOWN = Situation()
