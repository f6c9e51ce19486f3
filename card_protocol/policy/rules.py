"""The words of a policy: access levels, areas and cards as a gateway knows them (no names: PIPL, design § 7)."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from card_protocol.words.base import Count, OrderedSet, Positive, Title, Word
from card_protocol.words.card import CardState, KeyVersion
from card_protocol.words.division import DivisionCode
from card_protocol.words.grant import RuleNumber
from card_protocol.words.ids import CardId, Pseudonym, Slug, UidText
from card_protocol.words.moment import DAY_MS, WallMs
from card_protocol.words.notice import Notice
from card_protocol.words.point import POINT_MAX_FLOORS, Floor, Point
from card_protocol.words.schedule import Calendar, Schedule
from card_protocol.words.situation import CARD_MAX_ROLES, LOCKDOWN_MAX_LEVEL, Roles

LEVEL_MAX_POINTS = 4096
CARD_MAX_LEVELS = 64
POLICY_MAX_POINTS = 4096
POLICY_MAX_LEVELS = 4096
POLICY_MAX_SCHEDULES = 1024
POLICY_MAX_AREAS = 1024
POLICY_MAX_NOTICES = 64
PASSBACK_MAX_MS = 7 * DAY_MS
FORGIVEN_AFTER_MS = 12 * 3_600_000


class AccessLevel(Word):
    """points × schedule, under the name that an admin gave it."""

    id: Slug
    number: RuleNumber
    """How a grant on a card names this level."""
    name_zh: Title
    name_en: Title
    points: OrderedSet[Slug] = Field(max_length=LEVEL_MAX_POINTS)
    schedule: Slug
    floors: OrderedSet[Floor] = Field(default=frozenset(), max_length=POINT_MAX_FLOORS)
    """Which floors it opens at its points that are lifts."""
    max_offline_ms: int | None = Field(default=None, ge=0, le=PASSBACK_MAX_MS)
    """It opens nothing at a gateway that was offline for longer; None: as long as the policy itself lives."""


class Passback(StrEnum):
    """What an area does when somebody enters who is inside already."""

    OFF = "off"
    SOFT = "soft"
    """Let in, and told."""
    HARD = "hard"
    TIMED = "timed"
    """Refused only within `passback_ms` of the last entry."""


class Area(Word):
    """A place with an inside. Points name the area that they lead into (in) or out of (out)."""

    id: Slug
    number: RuleNumber
    """How a grant on a card names this area."""
    name_zh: Title
    name_en: Title
    passback: Passback = Passback.OFF
    passback_ms: int = Field(default=FORGIVEN_AFTER_MS, ge=1, le=PASSBACK_MAX_MS)
    """After this the last passage is forgotten: a missed tap must not lock somebody out for ever."""
    capacity: int | None = Field(default=None, ge=0, lt=2**31)


class Privileges(Word):
    """Which roles of cards may do what is out of the ordinary."""

    first_person: Roles = frozenset()
    escort: Roles = frozenset()
    lockdown: tuple[Roles, ...] = Field(default=(), max_length=LOCKDOWN_MAX_LEVEL)
    """lockdown[n - 1]: who still enters at lockdown level n. Above the last level nobody does."""


class Traits(Word):
    """What is out of the ordinary about a card; most have none."""

    roles: Roles = Field(default=frozenset(), max_length=CARD_MAX_ROLES)
    escorted: bool = False
    """Enters only behind somebody with an escort's role."""
    duress: bool = False
    """A card that is carried to be presented under duress: it opens like the holder's own and tells the guard."""
    uses: int | None = Field(default=None, ge=1, lt=2**31)
    """How often a visitor's pass lets in; None: without limit."""


class CardEntry(Word):
    """One card in a policy."""

    card_id: CardId
    uid: UidText | None = None
    holder: Pseudonym
    state: CardState
    valid_from_ms: WallMs
    valid_to_ms: WallMs
    levels: tuple[Slug, ...] = Field(max_length=CARD_MAX_LEVELS)
    traits: Traits | None = None


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
    areas: tuple[Area, ...] = Field(default=(), max_length=POLICY_MAX_AREAS)
    privileges: Privileges = Privileges()
    keys_oldest: KeyVersion = 1
    keys_newest: KeyVersion = 1
    """The card key versions that the points should accept: a box that holds older ones asks for new keys."""
    notices: tuple[Notice, ...] = Field(default=(), max_length=POLICY_MAX_NOTICES)
    """What stands on the screens of its points while nobody taps."""
    cards: Count = 0
    """How many cards the community had when they were last counted: for people."""

    @model_validator(mode="after")
    def _closed(self) -> "PolicyHead":
        """Names stand for one thing each, and a level names only what is there: else people are refused in silence."""
        _once("point", (p.id for p in self.points))
        _once("access level", (a.id for a in self.levels))
        _once("access level number", (a.number for a in self.levels))
        _once("schedule", (s.id for s in self.schedules))
        _once("area", (a.id for a in self.areas))
        _once("area number", (a.number for a in self.areas))
        schedules = {s.id for s in self.schedules}
        points = {p.id for p in self.points}
        for point in self.points:
            if point.free is not None and point.free not in schedules:
                raise PydanticCustomError(
                    "free_by_nothing",
                    "point {point} is free by the schedule {schedule}, which is not there",
                    {"point": point.id, "schedule": point.free},
                )
        for level in self.levels:
            if level.schedule not in schedules:
                raise PydanticCustomError(
                    "level_by_nothing",
                    "access level {level} names the schedule {schedule}, which is not there",
                    {"level": level.id, "schedule": level.schedule},
                )
            if missing := sorted(level.points - points):
                raise PydanticCustomError(
                    "level_to_nowhere",
                    "access level {level} names the points {missing}, which are not there",
                    {"level": level.id, "missing": ", ".join(missing)},
                )
        return self


def _once(what: str, names: Iterable[str | int]) -> None:
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        context = {"what": what, "twice": str(twice[0])}
        raise PydanticCustomError("there_twice", "the {what} {twice} is there more than once", context)
