"""Access: points, schedules, the calendar and access levels. Every change is a wish for a new policy."""

from collections import defaultdict
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from card_protocol.policy.rules import LEVEL_MAX_POINTS, PASSBACK_MAX_MS, AccessLevel
from card_protocol.words.base import Title
from card_protocol.words.card import OPENS_DOORS
from card_protocol.words.ids import Slug
from card_protocol.words.point import (
    PARTNER_TIMEOUT_MS,
    POINT_MAX_FLOORS,
    PRICE_MAX_FEN,
    Assurance,
    Direction,
    Floor,
    Point,
    PointKind,
)
from card_protocol.words.schedule import Calendar, Schedule, overlap
from server.services import audit
from server.services.problems import Code, Problem, not_found
from server.services.signals import Wish
from server.services.units.org import require_community
from server.services.work import Work
from server.tables import (
    AccessLevelRow,
    CalendarDayRow,
    CardLevelRow,
    CardRow,
    GatewayRow,
    LevelPointRow,
    PointRow,
    ScheduleRow,
)
from server.tables.place import from_schedule, to_calendar, to_level, to_point, to_schedule

LEVEL_COUNTER = "access_level"
COUNTED_CARDS = 10_000

Name = Annotated[Title, Field(min_length=1)]


class PointIn(BaseModel):
    """A point as somebody enters it."""

    model_config = ConfigDict(extra="forbid")

    id: Slug
    kind: PointKind
    name_zh: Name
    name_en: Name
    area: Slug
    direction: Direction = Direction.NONE
    minimum_assurance: Assurance = Assurance.CARD
    uid_waived: bool = False
    floors: frozenset[Floor] = Field(default=frozenset(), max_length=POINT_MAX_FLOORS)
    interlock: Slug | None = None
    first_person: bool = False
    persons: int = Field(default=1, ge=1, le=2)
    partner_timeout_ms: int = Field(default=PARTNER_TIMEOUT_MS, ge=1000, le=600_000)
    price_fen: int | None = Field(default=None, ge=1, le=PRICE_MAX_FEN)
    """What a tap takes out of the purse on the card, at a care station."""
    day_limit_fen: int | None = Field(default=None, ge=1, le=PRICE_MAX_FEN)
    members_only: bool = False
    """A point of activities at which cards of Party members alone sign in."""
    free: Slug | None = None
    """The schedule during which its door stands unlocked."""
    gateway_id: Slug | None = None


class LevelIn(BaseModel):
    """An access level as somebody enters it: the server gives the number."""

    model_config = ConfigDict(extra="forbid")

    id: Slug
    name_zh: Name
    name_en: Name
    points: frozenset[Slug] = Field(max_length=LEVEL_MAX_POINTS)
    schedule: Slug
    floors: frozenset[Floor] = Field(default=frozenset(), max_length=POINT_MAX_FLOORS)
    max_offline_ms: int | None = Field(default=None, ge=0, le=PASSBACK_MAX_MS)
    """It opens nothing at a gateway that was offline for longer."""


def set_point(work: Work, org: str, point: PointIn) -> PointIn:
    """Add a point or change it."""
    require_community(work.session, org)
    if point.gateway_id is not None and work.session.get(GatewayRow, point.gateway_id) is None:
        raise Problem(Code.INVALID, f"There is no gateway {point.gateway_id}.", fields={"gateway_id": "unknown"})
    if point.free is not None and work.session.get(ScheduleRow, point.free) is None:
        raise Problem(Code.INVALID, f"There is no schedule {point.free}.", fields={"free": "unknown"})
    row = work.session.get(PointRow, point.id)
    before = _point_view(row).model_dump(mode="json") if row else None
    values = point.model_dump(mode="json") | {"floors": sorted(point.floors)}
    row = PointRow(**values, org=org) if row is None else row.sqlmodel_update(values)
    work.session.add(row)
    _changed(work, "point.set", f"point:{point.id}", before, values)
    return point


def set_schedule(work: Work, schedule: Schedule) -> Schedule:
    """Add a schedule or change it; Problem INVALID names two intervals that overlap."""
    if (both := overlap(schedule)) is not None:
        spans = " and ".join(f"{_clock(i.start)}–{_clock(i.end)}" for i in both)
        raise Problem(Code.INVALID, f"On day {both[0].day} overlap {spans}.", fields={"intervals": "overlap"})
    row = work.session.get(ScheduleRow, schedule.id)
    before = to_schedule(row).model_dump(mode="json") if row else None
    fresh = from_schedule(schedule)
    work.session.add(fresh if row is None else row.sqlmodel_update(fresh.model_dump()))
    _changed(work, "schedule.set", f"schedule:{schedule.id}", before, schedule.model_dump(mode="json"))
    return schedule


def set_calendar(work: Work, calendar: Calendar) -> Calendar:
    """Replace holidays and make-up workdays."""
    before = calendar_of(work.session).model_dump(mode="json")
    work.session.execute(delete(CalendarDayRow))
    days = dict.fromkeys(calendar.holidays, False) | dict.fromkeys(calendar.workdays, True)
    work.session.add_all([CalendarDayRow(day=day, workday=workday) for day, workday in sorted(days.items())])
    _changed(work, "calendar.set", "calendar", before, calendar.model_dump(mode="json"))
    return calendar


def set_level(work: Work, level: LevelIn) -> AccessLevel:
    """Add an access level or change it; Problem INVALID when it names a point or schedule that is not there."""
    if work.session.get(ScheduleRow, level.schedule) is None:
        raise Problem(Code.INVALID, f"There is no schedule {level.schedule}.", fields={"schedule": "unknown"})
    known = set(work.session.exec(select(PointRow.id).where(col(PointRow.id).in_(level.points))))
    if missing := sorted(level.points - known):
        raise Problem(Code.INVALID, f"There are no points {', '.join(missing)}.", fields={"points": "unknown"})
    row = work.session.get(AccessLevelRow, level.id)
    before = level_of(work.session, level.id).model_dump(mode="json") if row else None
    if row is None:
        row = AccessLevelRow(
            id=level.id, number=work.next_number(LEVEL_COUNTER), name_zh="", name_en="", schedule_id=""
        )
    row.name_zh, row.name_en, row.schedule_id = level.name_zh, level.name_en, level.schedule
    row.floors, row.max_offline_ms = sorted(level.floors), level.max_offline_ms
    work.session.add(row)
    work.session.flush()
    work.session.execute(delete(LevelPointRow).where(col(LevelPointRow.level_id) == level.id))
    work.session.add_all([LevelPointRow(level_id=level.id, point_id=point) for point in sorted(level.points)])
    word = to_level(row, level.points)
    _changed(work, "level.set", f"level:{level.id}", before, word.model_dump(mode="json"))
    return word


def remove_level(work: Work, level_id: str) -> None:
    """Remove an access level; Problem IN_USE while a card has it."""
    row = work.session.get(AccessLevelRow, level_id)
    if row is None:
        raise not_found("access level", level_id)
    used = select(func.count()).select_from(CardLevelRow).where(CardLevelRow.level_id == level_id)
    if cards := work.session.exec(used).one():
        raise Problem(Code.IN_USE, f"{cards} cards have the access level {level_id}.")
    before = level_of(work.session, level_id).model_dump(mode="json")
    work.session.execute(delete(LevelPointRow).where(col(LevelPointRow.level_id) == level_id))
    work.session.delete(row)
    _changed(work, "level.remove", f"level:{level_id}", before, None)


def points(session: Session) -> list[PointIn]:
    """All points by name."""
    return [_point_view(row) for row in session.exec(select(PointRow).order_by(PointRow.id))]


def point_words(session: Session, gateway_id: str | None = None) -> list[Point]:
    """The points of a gateway, or all, as words."""
    statement = select(PointRow).order_by(PointRow.id)
    if gateway_id is not None:
        statement = statement.where(PointRow.gateway_id == gateway_id)
    return [to_point(row) for row in session.exec(statement)]


def point_names(session: Session) -> dict[str, tuple[str, str]]:
    """Point -> (name_zh, name_en), for screens."""
    return {row.id: (row.name_zh, row.name_en) for row in session.exec(select(PointRow))}


def point_kinds(session: Session) -> dict[str, PointKind]:
    """Point -> its kind."""
    return {row.id: PointKind(row.kind) for row in session.exec(select(PointRow))}


def point_of(session: Session, point_id: str) -> PointIn:
    """One point; Problem NOT_FOUND."""
    row = session.get(PointRow, point_id)
    if row is None:
        raise not_found("point", point_id)
    return _point_view(row)


def schedule_of(session: Session, schedule_id: str) -> Schedule:
    """One schedule; Problem NOT_FOUND."""
    row = session.get(ScheduleRow, schedule_id)
    if row is None:
        raise not_found("schedule", schedule_id)
    return to_schedule(row)


def schedules(session: Session) -> list[Schedule]:
    """All schedules by name."""
    return [to_schedule(row) for row in session.exec(select(ScheduleRow).order_by(ScheduleRow.id))]


def calendar_of(session: Session) -> Calendar:
    """Holidays and make-up workdays."""
    return to_calendar(list(session.exec(select(CalendarDayRow))))


def levels(session: Session) -> list[AccessLevel]:
    """All access levels by name."""
    opens: defaultdict[str, set[str]] = defaultdict(set)
    for link in session.exec(select(LevelPointRow)):
        opens[link.level_id].add(link.point_id)
    rows = session.exec(select(AccessLevelRow).order_by(AccessLevelRow.id))
    return [to_level(row, frozenset(opens[row.id])) for row in rows]


def people_by_level(session: Session) -> dict[str, int]:
    """Access level -> how many people have a card with it that opens doors.

    Counted from at most COUNTED_CARDS cards a level: that many is many, and a whole city is not gone through for it.
    """
    opening = col(CardRow.state).in_([state.value for state in OPENS_DOORS])
    held = (
        select(col(CardRow.holder_id).label("holder"))
        .join(CardLevelRow, col(CardLevelRow.card_id) == col(CardRow.id))
        .where(col(CardLevelRow.level_id) == col(AccessLevelRow.id), opening)
        .limit(COUNTED_CARDS)
        .correlate(AccessLevelRow)
        .subquery()
    )
    people = select(func.count(func.distinct(held.c.holder))).select_from(held).scalar_subquery()
    return {level: count for level, count in session.exec(select(AccessLevelRow.id, people)) if count}


def level_of(session: Session, level_id: str) -> AccessLevel:
    """One access level; Problem NOT_FOUND."""
    row = session.get(AccessLevelRow, level_id)
    if row is None:
        raise not_found("access level", level_id)
    opens = session.exec(select(LevelPointRow.point_id).where(LevelPointRow.level_id == level_id))
    return to_level(row, frozenset(opens))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _point_view(row: PointRow) -> PointIn:
    return PointIn.model_validate(row.model_dump(exclude={"org"}))


def _changed(
    work: Work, action: str, subject: str, before: dict[str, object] | None, after: dict[str, object] | None
) -> None:
    work.session.flush()
    audit.record(work, action, subject, before=before, after=after)
    work.wish(Wish.PUBLISH)
