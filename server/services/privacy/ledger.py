"""The ledger of consents: who gave which, by which notice, and who took one back; newest first."""

from pydantic import BaseModel
from sqlmodel import Session, col, func, select

from server.services.paging import PAGE_DEFAULT_ITEMS, Page, bounded, cut, number_after
from server.services.people.consents import Purpose
from server.tables import ConsentRow, HolderRow


class LedgerLine(BaseModel):
    """One line: never changed, for the last word counts and the earlier ones prove what was allowed when."""

    id: int
    holder_id: str
    name: str
    purpose: Purpose
    given: bool
    notice: str
    at_ms: int
    actor: str


class Tally(BaseModel):
    """How a purpose stands over all people, by everybody's last word."""

    purpose: Purpose
    given: int
    withdrawn: int


def lines(
    session: Session, *, purpose: Purpose | None = None, after: str | None = None, limit: int = PAGE_DEFAULT_ITEMS
) -> Page[LedgerLine]:
    """All of it, or of one purpose."""
    limit = bounded(limit)
    statement = select(ConsentRow, HolderRow.name).where(ConsentRow.holder_id == HolderRow.id)
    if purpose is not None:
        statement = statement.where(ConsentRow.purpose == purpose.value)
    if (place := number_after(after)) is not None:
        statement = statement.where(col(ConsentRow.id) < place)
    rows = session.exec(statement.order_by(col(ConsentRow.id).desc()).limit(limit + 1)).all()
    views = [LedgerLine.model_validate(row.model_dump() | {"name": name}) for row, name in rows]
    return cut(views, limit, [str(view.id) for view in views])


def tallies(session: Session) -> list[Tally]:
    """Every purpose."""
    last = select(func.max(ConsentRow.id)).group_by(col(ConsentRow.holder_id), col(ConsentRow.purpose))
    counted = (
        select(ConsentRow.purpose, ConsentRow.given, func.count())
        .where(col(ConsentRow.id).in_(last))
        .group_by(col(ConsentRow.purpose), col(ConsentRow.given))
    )
    found = {(purpose, bool(given)): count for purpose, given, count in session.exec(counted)}
    return [
        Tally(purpose=one, given=found.get((one.value, True), 0), withdrawn=found.get((one.value, False), 0))
        for one in Purpose
    ]
