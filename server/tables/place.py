"""Where and when: points, schedules, the calendar, access levels; with their converters to the vocabulary."""

from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from card_protocol.policy.rules import FORGIVEN_AFTER_MS, AccessLevel, Area, Passback, Privileges
from card_protocol.words.base import canonical_json
from card_protocol.words.point import PARTNER_TIMEOUT_MS, Assurance, Direction, Point, PointKind
from card_protocol.words.schedule import Calendar, Interval, Schedule
from server.tables.base import Row


class PointRow(Row, table=True):
    """A door, gate, clinic, care or activity point, and the gateway that serves it."""

    __tablename__ = "point"
    id: str = Field(primary_key=True, max_length=63)
    org: str = Field(foreign_key="org_unit.code", index=True, max_length=12)
    gateway_id: str | None = Field(default=None, foreign_key="gateway.id", index=True, max_length=63)
    kind: str = Field(max_length=16)
    name_zh: str = Field(max_length=100)
    name_en: str = Field(max_length=100)
    area: str = Field(max_length=63)
    direction: str = Field(default=Direction.NONE.value, max_length=8)
    minimum_assurance: str = Field(default=Assurance.CARD.value, max_length=8)
    uid_waived: bool = False
    floors: list[Any] = Field(default_factory=list, sa_type=JSON)
    interlock: str | None = Field(default=None, max_length=63)
    first_person: bool = False
    persons: int = 1
    partner_timeout_ms: int = PARTNER_TIMEOUT_MS
    free: str | None = Field(default=None, max_length=63)
    """The schedule during which its door stands unlocked."""
    price_fen: int | None = None
    day_limit_fen: int | None = None
    members_only: bool = False


class AreaRow(Row, table=True):
    """A place with an inside, about which there are rules. `number` is how cards name it and is never used twice."""

    __tablename__ = "area"
    id: str = Field(primary_key=True, max_length=63)
    number: int = Field(unique=True)
    name_zh: str = Field(max_length=100)
    name_en: str = Field(max_length=100)
    passback: str = Field(default=Passback.OFF.value, max_length=8)
    passback_ms: int = Field(default=FORGIVEN_AFTER_MS, sa_type=BigInteger)
    capacity: int | None = None


class PrivilegesRow(Row, table=True):
    """Which roles of cards may do what is out of the ordinary (card_protocol.policy.rules.Privileges)."""

    __tablename__ = "privileges"
    org: str = Field(primary_key=True, foreign_key="org_unit.code", max_length=12)
    value: dict[str, Any] = Field(sa_type=JSON)


class ScheduleRow(Row, table=True):
    """A week of intervals, as [day, start, end] triples in minutes (card_protocol.words.schedule)."""

    __tablename__ = "schedule"
    id: str = Field(primary_key=True, max_length=63)
    name_zh: str = Field(max_length=100)
    name_en: str = Field(max_length=100)
    intervals: list[Any] = Field(sa_type=JSON)


class CalendarDayRow(Row, table=True):
    """A day that is not what its weekday says."""

    __tablename__ = "calendar_day"
    day: str = Field(primary_key=True, max_length=10)
    workday: bool
    """True for a make-up workday, False for a holiday."""
    name: str = Field(default="", max_length=100)


class AccessLevelRow(Row, table=True):
    """points × schedule. `number` is how a grant on a card names it and is never used twice."""

    __tablename__ = "access_level"
    id: str = Field(primary_key=True, max_length=63)
    number: int = Field(unique=True)
    name_zh: str = Field(max_length=100)
    name_en: str = Field(max_length=100)
    schedule_id: str = Field(foreign_key="schedule.id", max_length=63)
    floors: list[Any] = Field(default_factory=list, sa_type=JSON)
    max_offline_ms: int | None = Field(default=None, sa_type=BigInteger)


class LevelPointRow(Row, table=True):
    """An access level opens a point."""

    __tablename__ = "access_level_point"
    level_id: str = Field(primary_key=True, foreign_key="access_level.id", ondelete="CASCADE", max_length=63)
    point_id: str = Field(primary_key=True, foreign_key="point.id", index=True, max_length=63)


def to_point(row: PointRow) -> Point:
    """Row -> word; ValueError on a row that makes no sense."""
    return Point(
        id=row.id,
        kind=PointKind(row.kind),
        name_zh=row.name_zh,
        name_en=row.name_en,
        area=row.area,
        direction=Direction(row.direction),
        minimum_assurance=Assurance(row.minimum_assurance),
        uid_waived=bool(row.uid_waived),
        floors=frozenset(row.floors),
        interlock=row.interlock,
        first_person=bool(row.first_person),
        persons=row.persons,
        partner_timeout_ms=row.partner_timeout_ms,
        price_fen=row.price_fen,
        day_limit_fen=row.day_limit_fen,
        free=row.free,
        members_only=bool(row.members_only),
    )


def to_area(row: AreaRow) -> Area:
    """Row -> word; ValueError on a row that makes no sense."""
    return Area(
        id=row.id,
        number=row.number,
        name_zh=row.name_zh,
        name_en=row.name_en,
        passback=Passback(row.passback),
        passback_ms=row.passback_ms,
        capacity=row.capacity,
    )


def to_privileges(row: PrivilegesRow | None) -> Privileges:
    """Row -> word; nobody has any where no row is."""
    return Privileges() if row is None else Privileges.from_bytes(canonical_json(row.value))


def to_schedule(row: ScheduleRow) -> Schedule:
    """Row -> word; ValueError on a row that makes no sense."""
    intervals = tuple(Interval(day=day, start=start, end=end) for day, start, end in row.intervals)
    return Schedule(id=row.id, name_zh=row.name_zh, name_en=row.name_en, intervals=intervals)


def from_schedule(word: Schedule) -> ScheduleRow:
    """Word -> row."""
    triples = [[i.day, i.start, i.end] for i in word.intervals]
    return ScheduleRow(id=word.id, name_zh=word.name_zh, name_en=word.name_en, intervals=triples)


def to_calendar(rows: list[CalendarDayRow]) -> Calendar:
    """All calendar days -> word."""
    return Calendar(
        holidays=frozenset(r.day for r in rows if not r.workday),
        workdays=frozenset(r.day for r in rows if r.workday),
    )


def to_level(row: AccessLevelRow, points: frozenset[str]) -> AccessLevel:
    """Row and the points that it opens -> word."""
    return AccessLevel(
        id=row.id,
        number=row.number,
        name_zh=row.name_zh,
        name_en=row.name_en,
        points=points,
        schedule=row.schedule_id,
        floors=frozenset(row.floors),
        max_offline_ms=row.max_offline_ms,
    )
