"""Points: where a card is presented."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from card_protocol.words.base import OrderedSet, Title, Word
from card_protocol.words.ids import Slug

POINT_MAX_FLOORS = 128
PRICE_MAX_FEN = 100_000
PARTNER_TIMEOUT_MS = 15_000

Floor = Annotated[int, Field(ge=-16, le=200)]
"""A floor of a lift as its buttons count; 0 where they have none between -1 and 1."""


class PointKind(StrEnum):
    """What a point is for; each kind is one small file in `card_protocol/profiles/kinds/`."""

    GATE = "gate"
    DOOR = "door"
    TURNSTILE = "turnstile"
    LIFT = "lift"
    CLINIC = "clinic"
    CARE = "care"
    HOME_VISIT = "home_visit"
    """At a resident's door: the worker who comes taps, the resident need not."""
    ACTIVITY = "activity"
    DESK = "desk"
    MUSTER = "muster"
    """Where people gather after an evacuation: who taps is out of the house."""
    UPDATER = "updater"
    """Brings what a card carries up to date, and opens nothing."""


class Direction(StrEnum):
    """Which way a point lets people pass."""

    IN = "in"
    OUT = "out"
    NONE = "none"


class Assurance(StrEnum):
    """How sure the point can be of what was presented (design § 3), weakest first."""

    UID = "uid"
    READER = "reader"
    CARD = "card"

    @property
    def rank(self) -> int:
        """0 for the weakest."""
        return _RANK[self]


_RANK = {assurance: rank for rank, assurance in enumerate(Assurance)}


class LateCommit(StrEnum):
    """What a point does when the journal is not durable within the deadline (design § 5)."""

    STAY_CLOSED = "stay_closed"
    UNLOCK = "unlock"


class Point(Word):
    """A point as the policy knows it; names are for screens."""

    id: Slug
    kind: PointKind
    name_zh: Title
    name_en: Title
    area: Slug
    direction: Direction = Direction.NONE
    minimum_assurance: Assurance = Assurance.CARD
    uid_waived: bool = False
    """An admin let copyable numbers in at this point; shown on the live page as long as it stands."""
    floors: OrderedSet[Floor] = Field(default=frozenset(), max_length=POINT_MAX_FLOORS)
    """The floors that this lift serves; empty at a point that is no lift."""
    interlock: Slug | None = None
    """Doors of one mantrap share this name: none opens while another is open."""
    first_person: bool = False
    """Nobody enters before somebody with a first-person role has."""
    persons: int = Field(default=1, ge=1, le=2)
    """How many people must present a card for the door to open."""
    partner_timeout_ms: int = Field(default=PARTNER_TIMEOUT_MS, ge=1000, le=600_000)
    """How long a first card waits for the second, and an escort's for the escorted."""
    price_fen: int | None = Field(default=None, ge=1, le=PRICE_MAX_FEN)
    """What a tap takes out of the purse on the card (a meal); None: this point takes no money."""
    day_limit_fen: int | None = Field(default=None, ge=1, le=PRICE_MAX_FEN)
    """The most that one card may spend a day, at all points together; None: no limit but the purse."""
    members_only: bool = False
    """A point of activities that signs in cards of members of the Party alone."""
    free: Slug | None = None
    """The schedule during which its door stands unlocked for everybody."""
