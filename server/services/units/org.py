"""The org tree: city, district, street, community by division code."""

from typing import Annotated

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select

from card_protocol.words.base import Title
from card_protocol.words.division import DivisionCode, level_of, parent_of
from server.services import audit
from server.services.problems import Code, Problem, not_found
from server.services.work import Work
from server.tables import OrgUnitRow


class OrgUnitIn(BaseModel):
    """A unit as somebody enters it."""

    code: DivisionCode
    name_zh: Annotated[Title, Field(min_length=1)]
    name_en: Title = ""


class OrgUnitView(OrgUnitIn):
    """A unit as it stands."""

    level: str
    parent: str | None


def add(work: Work, unit: OrgUnitIn) -> OrgUnitView:
    """Add a unit or change its names. Its parent is linked when it is known: a community may stand alone."""
    parent = parent_of(unit.code)
    known = parent is not None and work.session.get(OrgUnitRow, parent) is not None
    row = work.session.get(OrgUnitRow, unit.code)
    if row is None:
        row = OrgUnitRow(code=unit.code, level=level_of(unit.code).value, name_zh="", name_en="")
    before = {"name_zh": row.name_zh, "name_en": row.name_en}
    row.name_zh, row.name_en = unit.name_zh, unit.name_en or unit.name_zh
    row.parent = parent if known else None
    row.ended_ms = None  # one that was dissolved and comes back
    work.session.add(row)
    work.session.flush()
    # A city that is entered after its district: the tree closes over it.
    for child in work.session.exec(select(OrgUnitRow).where(col(OrgUnitRow.parent).is_(None))):
        if parent_of(child.code) == unit.code:
            child.parent = unit.code
            work.session.add(child)
    audit.record(work, "org.set", f"org:{unit.code}", before=before, after=unit.model_dump())
    return _view(row)


def get(session: Session, code: str) -> OrgUnitView:
    """One unit; Problem NOT_FOUND."""
    row = session.get(OrgUnitRow, code)
    if row is None:
        raise not_found("org unit", code)
    return _view(row)


def units(session: Session) -> list[OrgUnitView]:
    """All units that exist, from the city down."""
    alive = select(OrgUnitRow).where(col(OrgUnitRow.ended_ms).is_(None)).order_by(col(OrgUnitRow.code))
    return [_view(row) for row in session.exec(alive)]


def require_community(session: Session, code: str) -> None:
    """Problem INVALID unless the code is a community that is in the tree."""
    row = session.get(OrgUnitRow, code)
    if row is None or row.level != "community" or row.ended_ms is not None:
        raise Problem(Code.INVALID, f"{code} is no community of this server.", fields={"org": "unknown community"})


def _view(row: OrgUnitRow) -> OrgUnitView:
    return OrgUnitView.model_validate(row, from_attributes=True)
