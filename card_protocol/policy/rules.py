"""The words of a policy: access levels and cards as a gateway knows them (no names: PIPL, design § 7)."""

from pydantic import Field, model_validator

from card_protocol.words.base import OrderedSet, Word
from card_protocol.words.card import CardState
from card_protocol.words.division import DivisionCode
from card_protocol.words.ids import CardId, Pseudonym, Slug, UidText
from card_protocol.words.point import Point
from card_protocol.words.schedule import Calendar, Schedule

LEVEL_MAX_POINTS = 4096
CARD_MAX_LEVELS = 64


class AccessLevel(Word):
    """points × schedule, under the name that an admin gave it."""

    id: Slug
    number: int = Field(ge=1, lt=2**16)
    """How a grant on a card names this level."""
    name_zh: str
    name_en: str
    points: OrderedSet[Slug] = Field(max_length=LEVEL_MAX_POINTS)
    schedule: Slug


class CardEntry(Word):
    """One card in a policy."""

    card_id: CardId
    uid: UidText | None = None
    holder: Pseudonym
    state: CardState
    valid_from_ms: int = Field(ge=0, lt=2**48)
    valid_to_ms: int = Field(ge=0, lt=2**48)
    levels: tuple[Slug, ...] = Field(max_length=CARD_MAX_LEVELS)


class PolicyHead(Word):
    """Everything of a policy but its cards."""

    version: int = Field(ge=1)
    community: DivisionCode
    issued_ms: int = Field(ge=0)
    expires_ms: int = Field(ge=0)
    rev_seq: int = Field(ge=0)
    """Revocations up to this number are contained in the cards' states."""
    points: tuple[Point, ...]
    levels: tuple[AccessLevel, ...]
    schedules: tuple[Schedule, ...]
    calendar: Calendar = Calendar()
    cards: int = Field(ge=0)
    """How many card lines follow."""

    @model_validator(mode="after")
    def _closed(self) -> "PolicyHead":
        """A level that names a schedule or point which is not there would refuse people in silence."""
        schedules = {s.id for s in self.schedules}
        points = {p.id for p in self.points}
        for level in self.levels:
            if level.schedule not in schedules:
                raise ValueError(f"access level {level.id} names the schedule {level.schedule}, which is not there")
            if missing := sorted(level.points - points):
                raise ValueError(f"access level {level.id} names the points {missing}, which are not there")
        return self
