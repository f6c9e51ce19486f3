"""Who gets something added to meals, and what is due to them now (subsidy_terms has the arithmetic)."""

from collections.abc import Sequence
from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from card_protocol.words.point import PRICE_MAX_FEN
from server.services import audit
from server.services.people import holders
from server.services.problems import Code, Problem
from server.services.purses import purse_books, purses
from server.services.purses.purse_books import Fate
from server.services.purses.subsidy_terms import Meal, Terms, accrued, in_force
from server.services.work import Work
from server.tables import PurseEntryRow, SubsidyRow

TERMS_MAX = 20


class SubsidyIn(BaseModel):
    """What somebody gets: so much a meal, at most so much a day [fen], on which days (inclusive)."""

    model_config = ConfigDict(extra="forbid")

    per_meal: int = Field(ge=1, le=PRICE_MAX_FEN)
    day_limit: int = Field(ge=1, le=PRICE_MAX_FEN)
    first: date
    last: date | None = None


class SubsidyView(SubsidyIn):
    """The same with its id."""

    id: str


class Standing(BaseModel):
    """What meals have earned somebody so far, what came onto their cards, and what is due [fen]."""

    accrued: int
    paid: int
    due: int


def of_holder(session: Session, holder_id: str) -> list[SubsidyView]:
    """Somebody's terms, in the order of their beginning."""
    return [_view(row) for row in session.exec(_rows(holder_id))]


def give(work: Work, holder_id: str, wanted: SubsidyIn) -> SubsidyView:
    """New terms; from their first day they hold instead of older ones. Problem NOT_FOUND, INVALID, TOO_MANY."""
    holders.row_of(work.session, holder_id)
    check(wanted)
    if len(of_holder(work.session, holder_id)) >= TERMS_MAX:
        raise Problem(Code.TOO_MANY, f"At most {TERMS_MAX} terms for one person.")
    row = SubsidyRow(
        id=work.new_id(),
        holder_id=holder_id,
        per_meal=wanted.per_meal,
        day_limit=wanted.day_limit,
        first=wanted.first.isoformat(),
        last=wanted.last.isoformat() if wanted.last else None,
    )
    work.session.add(row)
    work.session.flush()
    audit.record(work, "subsidy.give", f"holder:{holder_id}", after=wanted.model_dump(mode="json"))
    return _view(row)


def check(wanted: SubsidyIn) -> None:
    """Whether terms make sense, whoever gets them. Problem INVALID, with the field."""
    if wanted.last is not None and wanted.last < wanted.first:
        raise Problem(Code.INVALID, "The last day is before the first.", fields={"last": "not before the first"})
    if wanted.day_limit < wanted.per_meal:
        raise Problem(Code.INVALID, "A day has less than one meal.", fields={"day_limit": "not less than a meal"})


def end(work: Work, holder_id: str, today: date) -> int:
    """Nothing is added from `today` (a local day) on; how many terms that ended. What was earned before stays due.

    All at once: of several that hold the older ones would hold again as soon as the newest ended. Problem NOT_FOUND.
    """
    holders.row_of(work.session, holder_id)
    lasting = [row for row in work.session.exec(_rows(holder_id)) if row.last is None or row.last >= today.isoformat()]
    yesterday = (today - timedelta(days=1)).isoformat()
    for row in lasting:
        if row.first >= today.isoformat():
            work.session.delete(row)
        else:
            row.last = yesterday
            work.session.add(row)
    work.session.flush()
    if lasting:
        audit.record(work, "subsidy.end", f"holder:{holder_id}", after={"last": yesterday})
    return len(lasting)


def holding(terms: Sequence[SubsidyView], day: date) -> str | None:
    """The id of what holds on a local day; `terms` as `of_holder` lists them."""
    found = in_force(map(_terms, terms), day)
    return next((one.id for one in reversed(terms) if _terms(one) == found), None)


def foreseen(session: Session, holder_id: str, wanted: SubsidyIn) -> Standing:
    """How it would stand if these terms were given: of a first day in the past, meals already taken count as well."""
    return _standing(session, holder_id, [*map(_terms, of_holder(session, holder_id)), _terms(wanted)])


def standing(session: Session, holder_id: str) -> Standing:
    """Of all cards that somebody has had: a new card does not begin the day's limit anew."""
    return _standing(session, holder_id, [_terms(one) for one in of_holder(session, holder_id)])


def _standing(session: Session, holder_id: str, terms: Sequence[Terms]) -> Standing:
    meals, paid = [], 0
    for row in _entries(session, holder_id):
        if row.amount < 0:
            meals.append(Meal(row.at_ms, -row.amount))
        else:
            paid += row.subsidy
    earned = sum(accrued(meals, terms).values())
    return Standing(accrued=earned, paid=paid, due=max(0, earned - paid))


def due_now(session: Session, holder_id: str) -> int:
    """What is to come onto their card [fen]."""
    return standing(session, holder_id).due


def _entries(session: Session, holder_id: str) -> list[PurseEntryRow]:
    """What was carried out with their cards, and credits that may have been: nothing is added twice."""
    mine = select(PurseEntryRow).where(PurseEntryRow.holder_id == holder_id)
    rows = list(session.exec(mine.order_by(col(PurseEntryRow.id))))
    done: set[int] = set()
    purses_of = {(row.card_id, row.issued_ms) for row in rows}
    for card_id, issued_ms in purses_of:
        theirs = [row for row in rows if (row.card_id, row.issued_ms) == (card_id, issued_ms)]
        lines = purse_books.books_of(map(purses.told, theirs)).lines
        sure = {Fate.DONE, Fate.OPEN}
        done |= {one.told.id for one in lines if one.fate in (sure if one.told.amount > 0 else {Fate.DONE})}
    return [row for row in rows if row.id in done]


def _rows(holder_id: str) -> SelectOfScalar[SubsidyRow]:
    return select(SubsidyRow).where(SubsidyRow.holder_id == holder_id).order_by(SubsidyRow.first, SubsidyRow.id)


def _terms(one: SubsidyIn) -> Terms:
    return Terms(one.per_meal, one.day_limit, one.first, one.last)


def _view(row: SubsidyRow) -> SubsidyView:
    first, last = date.fromisoformat(row.first), date.fromisoformat(row.last) if row.last else None
    return SubsidyView(id=row.id, per_meal=row.per_meal, day_limit=row.day_limit, first=first, last=last)
