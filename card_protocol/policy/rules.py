"""The words of a policy: access levels and cards as a gateway knows them (no names: PIPL, design § 7)."""

from collections import Counter
from collections.abc import Iterable

from pydantic import Field, model_validator

from card_protocol.words.base import Count, OrderedSet, Positive, Title, Word
from card_protocol.words.card import CardState
from card_protocol.words.division import DivisionCode
from card_protocol.words.grant import RuleNumber
from card_protocol.words.ids import CardId, Pseudonym, Slug, UidText
from card_protocol.words.moment import WallMs
from card_protocol.words.point import Point
from card_protocol.words.schedule import Calendar, Schedule

LEVEL_MAX_POINTS = 4096
CARD_MAX_LEVELS = 64
POLICY_MAX_POINTS = 4096
POLICY_MAX_LEVELS = 4096
POLICY_MAX_SCHEDULES = 1024


class AccessLevel(Word):
    """points × schedule, under the name that an admin gave it."""

    id: Slug
    number: RuleNumber
    """How a grant on a card names this level."""
    name_zh: Title
    name_en: Title
    points: OrderedSet[Slug] = Field(max_length=LEVEL_MAX_POINTS)
    schedule: Slug


class CardEntry(Word):
    """One card in a policy."""

    card_id: CardId
    uid: UidText | None = None
    holder: Pseudonym
    state: CardState
    valid_from_ms: WallMs
    valid_to_ms: WallMs
    levels: tuple[Slug, ...] = Field(max_length=CARD_MAX_LEVELS)


class PolicyHead(Word):
    """Everything of a policy but its cards."""

    version: Positive
    community: DivisionCode
    issued_ms: WallMs
    expires_ms: WallMs
    rev_seq: Count
    """Revocations up to this number are contained in the cards' states."""
    points: tuple[Point, ...] = Field(max_length=POLICY_MAX_POINTS)
    levels: tuple[AccessLevel, ...] = Field(max_length=POLICY_MAX_LEVELS)
    schedules: tuple[Schedule, ...] = Field(max_length=POLICY_MAX_SCHEDULES)
    calendar: Calendar = Calendar()
    cards: Count
    """How many card lines follow."""

    @model_validator(mode="after")
    def _closed(self) -> "PolicyHead":
        """Names stand for one thing each, and a level names only what is there: else people are refused in silence."""
        _once("point", (p.id for p in self.points))
        _once("access level", (a.id for a in self.levels))
        _once("access level number", (a.number for a in self.levels))
        _once("schedule", (s.id for s in self.schedules))
        schedules = {s.id for s in self.schedules}
        points = {p.id for p in self.points}
        for level in self.levels:
            if level.schedule not in schedules:
                raise ValueError(f"access level {level.id} names the schedule {level.schedule}, which is not there")
            if missing := sorted(level.points - points):
                raise ValueError(f"access level {level.id} names the points {missing}, which are not there")
        return self


def _once(what: str, names: Iterable[str | int]) -> None:
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise ValueError(f"the {what} {twice[0]} is there more than once")
