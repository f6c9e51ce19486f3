"""Contractors' passes: these doors only, from one day to another. A pass is a person, an access level of its own, and
days; the card is given at the desk like any other, so that doors, decider and revocation know nothing of passes."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator
from sqlmodel import Session, col, select

from card_protocol.words.ids import Slug
from card_protocol.words.moment import local_ms
from card_protocol.words.point import PointKind
from server.services import audit
from server.services.access import access
from server.services.access.access import LevelIn
from server.services.people import holders
from server.services.people.holders import HolderIn, HolderKind
from server.services.problems import Code, Problem, not_found
from server.services.units.rosters import Day, day_of
from server.services.work import Work
from server.tables import PassRow, PointRow

COUNTER = "contractor_pass"
LEVEL_BEGINS = "pass-"
"""How the access levels of passes begin."""
DAYS_MAX = 366
LISTING_MAX = 200
OPEN_KINDS = frozenset({PointKind.GATE, PointKind.DOOR, PointKind.TURNSTILE, PointKind.LIFT})
"""A contractor has no business at a clinic or a care station."""


class PassIn(BaseModel):
    """A pass as somebody enters it."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^\P{Cc}*\S\P{Cc}*$")]
    company: Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=r"^\P{Cc}*\S\P{Cc}*$")]
    points: Annotated[frozenset[Slug], Field(min_length=1, max_length=64)]
    schedule: Slug
    from_day: Day
    to_day: Day
    ticket: Annotated[int, Field(ge=1, lt=2**63)] | None = None

    @field_validator("to_day")
    @classmethod
    def _in_order(cls, to_day: str, others: ValidationInfo) -> str:
        first, last = others.data.get("from_day", to_day), date.fromisoformat(to_day)
        if not 0 <= (last - date.fromisoformat(first)).days <= DAYS_MAX:
            raise ValueError("a pass is for 1 to 366 days")
        return to_day


class PassView(BaseModel):
    """A pass on a day."""

    number: int
    holder_id: str | None
    name: str
    company: str
    level_id: str
    from_day: str
    to_day: str
    ticket: int | None
    valid: bool
    ahead: bool
    """It begins later."""


def make(work: Work, community: str, given: PassIn) -> PassView:
    """The person, the level and the pass. Problem INVALID: it is over, or such points or hours will not do."""
    if given.to_day < day_of(work.now_ms):
        raise Problem(Code.INVALID, "The pass would be over already.", fields={"to_day": "past"})
    kinds = dict(work.session.exec(select(PointRow.id, PointRow.kind).where(col(PointRow.id).in_(given.points))).all())
    if wrong := sorted(point for point in given.points if kinds.get(point) not in OPEN_KINDS):
        raise Problem(Code.INVALID, f"No doors: {', '.join(wrong)}.", fields={"points": "no doors"})
    number = work.next_number(COUNTER)
    person = holders.add(
        work, community, HolderIn(name=given.name, house="", kind=HolderKind.WORKER, tags=[given.company])
    )
    name = f"{given.company} {number}"
    level = LevelIn(
        id=f"{LEVEL_BEGINS}{number}",
        name_zh=f"施工证 {name}",
        name_en=f"Pass {name}",
        points=given.points,
        schedule=given.schedule,
    )
    access.set_level(work, level)
    row = PassRow(
        number=number,
        holder_id=person.id,
        level_id=level.id,
        **given.model_dump(exclude={"points", "schedule"}),
        made_by=work.actor.name,
        made_ms=work.now_ms,
    )
    work.session.add(row)
    work.session.flush()
    after = {"level": level.id, "holder": person.id, "from_day": given.from_day, "to_day": given.to_day}
    audit.record(work, "pass.make", f"pass:{number}", after=after)
    return _view(row, day_of(work.now_ms))


def get(session: Session, number: int, now_ms: int) -> PassView:
    """One; Problem NOT_FOUND."""
    row = session.get(PassRow, number)
    if row is None:
        raise not_found("pass", number)
    return _view(row, day_of(now_ms))


def span_of(session: Session, number: int) -> tuple[int, int]:
    """From when to when a pass's card is valid [ms]. Problem NOT_FOUND."""
    row = session.get(PassRow, number)
    if row is None:
        raise not_found("pass", number)
    first, last = date.fromisoformat(row.from_day), date.fromisoformat(row.to_day)
    return local_ms(first), local_ms(last + timedelta(days=1))


def listing(session: Session, now_ms: int, *, before: int | None = None, limit: int = LISTING_MAX) -> list[PassView]:
    """The newest first; `before`: a number."""
    today = day_of(now_ms)
    statement = select(PassRow).order_by(col(PassRow.number).desc()).limit(limit)
    if before is not None:
        statement = statement.where(PassRow.number < before)
    return [_view(row, today) for row in session.exec(statement)]


def _view(row: PassRow, today: str) -> PassView:
    known = row.model_dump(include=set(PassView.model_fields))
    days = {"valid": row.from_day <= today <= row.to_day, "ahead": today < row.from_day}
    return PassView.model_validate(known | days)
