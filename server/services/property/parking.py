"""Parking permits: a plate, a house and days; a guard asks by plate."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from sqlmodel import Session, col, select

from card_protocol.words.moment import DAY_MS
from server.services import audit
from server.services.people.cells import house_kept
from server.services.problems import Code, Problem, not_found
from server.services.units.rosters import Day, day_of
from server.services.work import Work
from server.tables import ParkingPermitRow

COUNTER = "parking"
LISTING_MAX = 500
_PLATE = re.compile(r"[\u4e00-\u9fff][A-Z][A-Z0-9]{5,6}")
"""GA 36-2018: the province's character, a letter, five characters, six for new-energy cars."""


class PermitIn(BaseModel):
    """A permit as somebody enters it."""

    model_config = ConfigDict(extra="forbid")

    plate: Annotated[str, StringConstraints(max_length=20)]
    house: Annotated[
        str, StringConstraints(min_length=1, max_length=100, pattern=r"^\P{Cc}*$"), AfterValidator(house_kept)
    ]
    place: Annotated[str, StringConstraints(max_length=20, pattern=r"^\P{Cc}*$")] = ""
    from_day: Day
    to_day: Day


class PermitView(BaseModel):
    """A permit on a day."""

    number: int
    plate: str
    house: str
    place: str
    from_day: str
    to_day: str
    valid: bool
    ahead: bool
    """It begins later."""


class Taken(Problem):
    """The plate or the place has a permit in these days."""

    def __init__(self, field: str, by: PermitView) -> None:
        super().__init__(Code.EXISTS, f"Permit {by.number} has this {field} in these days.", fields={field: "taken"})
        self.by = by


def _bare(text: str) -> str:
    """As painted, without the dot and what people write in its place."""
    return re.sub(r"[\s·.•-]", "", text).upper()


def plate_of(text: str) -> str:
    """浙a·12345 -> 浙A12345; Problem INVALID."""
    plate = _bare(text)
    if not _PLATE.fullmatch(plate):
        raise Problem(Code.INVALID, f"{text[:20]} is no number plate.", fields={"plate": "like 浙A12345"})
    return plate


def grant(work: Work, given: PermitIn) -> PermitView:
    """A new permit; Problem INVALID, or Taken when plate or place has one in these days."""
    plate = plate_of(given.plate)
    if given.to_day < given.from_day:
        raise Problem(Code.INVALID, "It ends before it begins.", fields={"to_day": "before from_day"})
    place = given.place.strip().upper()
    work.take_turn(COUNTER)  # nobody grants the same between our look and our word
    taken = select(ParkingPermitRow).where(
        ParkingPermitRow.from_day <= given.to_day,
        ParkingPermitRow.to_day >= given.from_day,
        ParkingPermitRow.from_day <= ParkingPermitRow.to_day,  # not one that was ended before it began
    )
    today = day_of(work.now_ms)
    if known := work.session.exec(taken.where(ParkingPermitRow.plate == plate).limit(1)).first():
        raise Taken("plate", _view(known, today))
    if place and (known := work.session.exec(taken.where(ParkingPermitRow.place == place).limit(1)).first()):
        raise Taken("place", _view(known, today))
    row = ParkingPermitRow(
        number=work.next_number(COUNTER),
        **given.model_dump(exclude={"plate", "place"}),
        plate=plate,
        place=place,
        made_by=work.actor.name,
        made_ms=work.now_ms,
    )
    work.session.add(row)
    work.session.flush()
    audit.record(work, "parking.grant", f"parking:{row.number}", after={"plate": plate, "house": given.house})
    return _view(row, today)


def end(work: Work, number: int) -> PermitView:
    """It was valid until yesterday, or, begun today or later, not at all. Problem NOT_FOUND."""
    row = work.session.get(ParkingPermitRow, number)
    if row is None:
        raise not_found("permit", number)
    today = day_of(work.now_ms)
    before = row.to_day
    row.to_day = min(row.to_day, day_of(work.now_ms - DAY_MS))
    work.session.add(row)
    audit.record(work, "parking.end", f"parking:{number}", before={"to_day": before}, after={"to_day": row.to_day})
    return _view(row, today)


def listing(
    session: Session, now_ms: int, *, plate: str = "", before: int | None = None, limit: int = LISTING_MAX
) -> list[PermitView]:
    """Valid and coming ones, the newest first; or all of whose plate contains something. `before`: a number."""
    today = day_of(now_ms)
    statement = select(ParkingPermitRow).order_by(col(ParkingPermitRow.number).desc()).limit(limit)
    if before is not None:
        statement = statement.where(ParkingPermitRow.number < before)
    asked = _bare(plate)
    if asked:
        statement = statement.where(col(ParkingPermitRow.plate).contains(asked, autoescape=True))
    else:
        statement = statement.where(ParkingPermitRow.to_day >= today)
    return [_view(row, today) for row in session.exec(statement)]


def _view(row: ParkingPermitRow, today: str) -> PermitView:
    known = row.model_dump(include=set(PermitView.model_fields))
    days = {"valid": row.from_day <= today <= row.to_day, "ahead": today < row.from_day <= row.to_day}
    return PermitView.model_validate(known | days)
