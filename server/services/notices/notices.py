"""Notices: written, shown from one moment to another, withdrawn. Each way to people is told in the same transaction."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from sqlmodel import Session, col, select

from card_protocol.words.ids import Slug
from card_protocol.words.moment import DAY_MS, WallMs
from card_protocol.words.notice import NOTICE_MAX_POINTS, En, Zh
from server.services import audit
from server.services.notices import mails
from server.services.paging import PAGE_DEFAULT_ITEMS, Page, bounded, cut, number_after
from server.services.problems import Code, Problem, not_found
from server.services.signals import Wish
from server.services.work import Work
from server.tables import NoticeRow, PointRow

COUNTER = "notice"
LIFE_MAX_MS = 90 * DAY_MS
AT_ONCE_MAX = 64
"""So many may hang at one time: more would be read by nobody."""


class NoticeIn(BaseModel):
    """A notice as somebody writes it."""

    model_config = ConfigDict(extra="forbid")

    zh: Zh
    en: En
    points: frozenset[Slug] = Field(default=frozenset(), max_length=NOTICE_MAX_POINTS)
    from_ms: WallMs
    to_ms: WallMs
    by_mail: bool = False

    @field_validator("to_ms")
    @classmethod
    def _in_order(cls, to_ms: int, others: ValidationInfo) -> int:
        if "from_ms" in others.data and not 0 < to_ms - others.data["from_ms"] <= LIFE_MAX_MS:
            raise ValueError("it ends after it begins, and within ninety days")
        return to_ms


class NoticeState(StrEnum):
    """How a notice stands."""

    TO_COME = "to_come"
    SHOWN = "shown"
    OVER = "over"
    WITHDRAWN = "withdrawn"


class NoticeView(NoticeIn):
    """One as it stands."""

    number: int
    state: NoticeState
    why: str
    made_by: str
    made_ms: int
    changed_ms: int


def write(work: Work, given: NoticeIn) -> NoticeView:
    """Hang it up. Problem INVALID (no such point, or over already), TOO_MANY."""
    known = set(work.session.exec(select(PointRow.id).where(col(PointRow.id).in_(given.points))))
    if missing := sorted(given.points - known):
        raise Problem(Code.INVALID, f"There are no points {', '.join(missing)}.", fields={"points": "unknown"})
    if given.to_ms <= work.now_ms:
        raise Problem(Code.INVALID, "It would be over already.", fields={"to_ms": "past"})
    if len(hanging(work.session, work.now_ms)) >= AT_ONCE_MAX:
        raise Problem(Code.TOO_MANY, f"At most {AT_ONCE_MAX} notices hang at once.")
    values = given.model_dump(mode="json") | {"points": sorted(given.points)}
    row = NoticeRow(
        number=work.next_number(COUNTER),
        **values,
        made_by=work.actor.name,
        made_ms=work.now_ms,
        changed_ms=work.now_ms,
    )
    work.session.add(row)
    work.session.flush()
    audit.record(work, "notice.write", f"notice:{row.number}", after=values)
    if row.by_mail:
        mails.send_out(work, row.number)
    return _told(work, row)


def withdraw(work: Work, number: int, why: str) -> NoticeView:
    """Take it down. Problem NOT_FOUND, INVALID (why?), WRONG_STATE (it is over)."""
    row = work.session.get(NoticeRow, number, with_for_update=True)
    if row is None:
        raise not_found("notice", number)
    if not why.strip():
        raise Problem(Code.INVALID, "Say why.", fields={"why": "missing"})
    if _state(row, work.now_ms) in (NoticeState.OVER, NoticeState.WITHDRAWN):
        raise Problem(Code.WRONG_STATE, f"It is {_state(row, work.now_ms)}.")
    row.withdrawn_ms = row.changed_ms = work.now_ms
    row.why = why.strip()[:200]
    work.session.add(row)
    work.session.flush()
    audit.record(work, "notice.withdraw", f"notice:{number}", why=row.why)
    if row.by_mail:
        mails.take_back(work, number)
    return _told(work, row)


def get(session: Session, number: int, now_ms: int) -> NoticeView:
    """One; Problem NOT_FOUND."""
    row = session.get(NoticeRow, number)
    if row is None:
        raise not_found("notice", number)
    return view_of(row, now_ms)


def listing(
    session: Session, now_ms: int, *, after: str | None = None, limit: int = PAGE_DEFAULT_ITEMS
) -> Page[NoticeView]:
    """Newest first."""
    limit = bounded(limit)
    statement = select(NoticeRow).order_by(col(NoticeRow.number).desc()).limit(limit + 1)
    if (place := number_after(after)) is not None:
        statement = statement.where(NoticeRow.number < place)
    rows = list(session.exec(statement))
    return cut([view_of(row, now_ms) for row in rows], limit, [str(row.number) for row in rows])


def hanging(session: Session, now_ms: int) -> list[NoticeRow]:
    """Those that hang or will: neither over nor withdrawn."""
    standing = select(NoticeRow).where(col(NoticeRow.withdrawn_ms).is_(None), NoticeRow.to_ms > now_ms)
    return list(session.exec(standing.order_by(col(NoticeRow.number))))


def view_of(row: NoticeRow, now_ms: int) -> NoticeView:
    """Row -> view."""
    known = row.model_dump(include=set(NoticeView.model_fields))
    return NoticeView.model_validate(known | {"state": _state(row, now_ms)})


def _state(row: NoticeRow, now_ms: int) -> NoticeState:
    if row.withdrawn_ms is not None:
        return NoticeState.WITHDRAWN
    if now_ms < row.from_ms:
        return NoticeState.TO_COME
    return NoticeState.SHOWN if now_ms < row.to_ms else NoticeState.OVER


def _told(work: Work, row: NoticeRow) -> NoticeView:
    work.wish(Wish.PUBLISH)
    fact = row.model_dump(include={"number", "zh", "en", "from_ms", "to_ms"})
    work.tell("notice", fact | {"withdrawn": row.withdrawn_ms is not None})
    return view_of(row, work.now_ms)
