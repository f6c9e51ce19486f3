"""The life of a card, as a literal table."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

KeyVersion = Annotated[int, Field(ge=0, le=255)]
"""Of a card's keys; 0 is the factory's, or not known."""


class CardState(StrEnum):
    """Where a card is in its life (design § 3)."""

    STOCK = "stock"
    ISSUED = "issued"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LOST = "lost"
    REVOKED = "revoked"
    RETURNED = "returned"


TRANSITIONS: dict[CardState, frozenset[CardState]] = {
    CardState.STOCK: frozenset({CardState.ISSUED}),
    CardState.ISSUED: frozenset({CardState.ACTIVE, CardState.REVOKED, CardState.STOCK}),
    CardState.ACTIVE: frozenset({CardState.SUSPENDED, CardState.LOST, CardState.REVOKED, CardState.RETURNED}),
    CardState.SUSPENDED: frozenset({CardState.ACTIVE, CardState.LOST, CardState.REVOKED, CardState.RETURNED}),
    # A lost card that is found again comes back to the desk first: it may have been read or worn by anyone.
    CardState.LOST: frozenset({CardState.REVOKED, CardState.SUSPENDED}),
    CardState.REVOKED: frozenset({CardState.RETURNED}),
    CardState.RETURNED: frozenset({CardState.STOCK}),
}

OPENS_DOORS = frozenset({CardState.ACTIVE})


def may_become(now: CardState, then: CardState) -> bool:
    """Whether the table has the step."""
    return then in TRANSITIONS[now]
