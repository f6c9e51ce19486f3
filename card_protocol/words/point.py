"""Points: where a card is presented."""

from enum import StrEnum

from card_protocol.words.base import Title, Word
from card_protocol.words.ids import Slug


class PointKind(StrEnum):
    """What a point is for; each kind is one small file in the edge."""

    GATE = "gate"
    DOOR = "door"
    CLINIC = "clinic"
    CARE = "care"
    ACTIVITY = "activity"
    DESK = "desk"


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
