"""Houses: the community's list of flats and rooms. When there is one, people can live only in houses of it."""

import re
from collections.abc import Sequence

from pydantic import BaseModel
from sqlalchemy import func
from sqlmodel import Session, col, select

from server.services import audit
from server.services.paging import PAGE_DEFAULT_ITEMS, Page, bounded, cut
from server.services.people import households, listed
from server.services.people.cells import CellFlaw, house_beginning, house_code
from server.services.problems import Code, Problem, not_found
from server.services.work import Work
from server.tables import HolderRow, HouseRow

SORT_DIGITS = 5
MAX_PEOPLE = 200


class HouseView(BaseModel):
    """A house as it stands."""

    id: str
    org: str
    code: str
    note: str
    created_ms: int
    changed_ms: int


def sort_key(code: str) -> str:
    """3-1-502 -> 00003-00001-00502, so that houses come in the order in which one walks past them."""
    return re.sub(r"\d+", lambda number: number[0].zfill(SORT_DIGITS), code)[:100]


def new_row(house_id: str, org: str, code: str, note: str, now_ms: int) -> HouseRow:
    """The row of a new house."""
    return HouseRow(
        id=house_id, org=org, code=code, sort_key=sort_key(code), note=note, created_ms=now_ms, changed_ms=now_ms
    )


def add(work: Work, org: str, text: str, note: str = "") -> HouseView:
    """Enter a house; who was registered there before moves in. Problem INVALID or EXISTS."""
    code = house_code(text)
    if isinstance(code, CellFlaw) or not code:
        raise Problem(Code.INVALID, f"{text} is no house.", fields={"code": "like 3-1-502"})
    if listed.of_codes(work.session, org, [code]):
        raise Problem(Code.EXISTS, f"The house {code} is there already.", fields={"code": "exists"})
    row = new_row(work.new_id(), org, code, note, work.now_ms)
    work.session.add(row)
    work.session.flush()
    audit.record(work, "house.add", f"house:{row.id}", after={"code": code, "note": note})
    households.settle(work, work.session.exec(select(HolderRow).where(HolderRow.org == org, HolderRow.house == code)))
    return view_of(row)


def get(session: Session, house_id: str) -> HouseView:
    """One house; Problem NOT_FOUND."""
    row = session.get(HouseRow, house_id)
    if row is None:
        raise not_found("house", house_id)
    return view_of(row)


def listing(
    session: Session, org: str, text: str = "", *, after: str | None = None, limit: int = PAGE_DEFAULT_ITEMS
) -> Page[HouseView]:
    """Houses in the order in which one walks past them; `text` is the beginning of a code: 3, 3-1, 3幢1单元."""
    limit = bounded(limit)
    statement = select(HouseRow).where(HouseRow.org == org).order_by(col(HouseRow.sort_key), col(HouseRow.id))
    if text.strip():
        statement = statement.where(col(HouseRow.code).startswith(house_beginning(text), autoescape=True))
    if after is not None:
        statement = statement.where(HouseRow.sort_key > after)
    rows = list(session.exec(statement.limit(limit + 1)))
    return cut([view_of(row) for row in rows], limit, [row.sort_key for row in rows])


def people_of(session: Session, codes: Sequence[str]) -> dict[str, list[HolderRow]]:
    """House (code) -> who lives in it, by name, at most MAX_PEOPLE: one question for a whole page of houses."""
    place = func.row_number().over(partition_by=col(HolderRow.house), order_by=col(HolderRow.name)).label("place")
    numbered = select(HolderRow.id, place).where(col(HolderRow.house).in_(codes)).subquery()
    statement = select(HolderRow).join(numbered, numbered.c.id == col(HolderRow.id))
    found: dict[str, list[HolderRow]] = {code: [] for code in codes}
    for row in session.exec(statement.where(numbered.c.place <= MAX_PEOPLE).order_by(col(HolderRow.name))):
        found[row.house].append(row)
    return found


def view_of(row: HouseRow) -> HouseView:
    """Row -> what a screen shows."""
    return HouseView.model_validate(row.model_dump(include=set(HouseView.model_fields)))
