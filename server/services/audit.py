"""The trail: who did what to what, before, after and why; a hash chain, so that nothing can be taken out of it.

hash(n) = SHA-256("onecard.audit.v1" ‖ 00 ‖ hash(n-1) in hex ‖ canonical JSON of the line), hash(0) = 64 zeros.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel
from sqlalchemy import ColumnElement, bindparam
from sqlmodel import Session, col, select

from card_protocol.words.base import canonical_json
from server.services.paging import PAGE_DEFAULT_ITEMS, Page, bounded, cut, number_after
from server.services.work import Work, counter_value, take_numbers
from server.tables import AuditRow, Row

COUNTER = "audit"
GENESIS = "0" * 64
TRAIL = Row.metadata.tables["audit"]
_TAG = b"onecard.audit.v1\x00"
_HASH_OF = select(TRAIL.c.hash).where(TRAIL.c.id == bindparam("line"))

AROUND_LINES = 1000
"""Numbered at the end of a transaction, a line bears the time of its beginning: neighbours may be out of order."""

Fields = Mapping[str, Any]


class AuditView(BaseModel):
    """One line of the trail; `before` and `after` are JSON."""

    id: int
    at_ms: int
    actor: str
    action: str
    subject: str
    before: str
    after: str
    why: str
    hash: str = ""
    veiled: bool = False
    """Somebody is shown it without whom it is about and what it says (services.privacy.fields)."""


def record(
    work: Work, action: str, subject: str, *, before: Fields | None = None, after: Fields | None = None, why: str = ""
) -> None:
    """Write one line in the transaction that it tells of. `subject` is like `card:01J…`; no secrets go in here."""
    record_many(work, [Line(action, subject, before, after)], why=why)


class Line(NamedTuple):
    """One of many lines that are written at once."""

    action: str
    subject: str
    before: Fields | str | None = None
    """As text, when it was written out beforehand (`written`)."""
    after: Fields | str | None = None


def written(line: Line) -> Line:
    """The same with its fields as text: what costs time need not be done while nobody else can write."""
    return line._replace(before=_text(line.before), after=_text(line.after))


def record_many(work: Work, lines: Sequence[Line], *, why: str = "") -> None:
    """Write many lines at the cost of few statements; the chain is the same."""
    if not lines:
        return
    first = take_numbers(work.session, COUNTER, len(lines))
    work.session.flush()  # what is told of goes before the line that tells of it
    connection = work.session.connection()
    previous = connection.scalar(_HASH_OF, {"line": first - 1}) or GENESIS
    who, rows = work.actor.name, []
    for number, line in enumerate(lines, first):
        before, after = _text(line.before), _text(line.after)
        previous = _hash(previous, [number, work.now_ms, who, line.action, line.subject, before, after, why])
        rows.append(
            {
                "id": number,
                "at_ms": work.now_ms,
                "actor": who,
                "action": line.action,
                "subject": line.subject,
                "before": before,
                "after": after,
                "why": why,
                "hash": previous,
            }
        )
    connection.execute(TRAIL.insert(), rows)


def line_hash(previous: str, row: AuditRow) -> str:
    """The hash of a line behind another."""
    return _hash(previous, [row.id, row.at_ms, row.actor, row.action, row.subject, row.before, row.after, row.why])


def _hash(previous: str, fields: list[object]) -> str:
    return hashlib.sha256(_TAG + previous.encode() + canonical_json(fields)).hexdigest()


def broken_at(session: Session) -> int | None:
    """The first line that does not follow from the one before it; None when the whole trail holds."""
    previous, expected = GENESIS, 1
    for row in session.exec(select(AuditRow).order_by(col(AuditRow.id))):
        if row.id != expected or row.hash != line_hash(previous, row):
            return expected
        previous, expected = row.hash, expected + 1
    return None


def trail(
    session: Session,
    *,
    subject: str | Sequence[str] | None = None,
    actor: str | Sequence[str] | None = None,
    from_ms: int | None = None,
    to_ms: int | None = None,
    without: Sequence[str] = (),
    after: str | None = None,
    limit: int = PAGE_DEFAULT_ITEMS,
) -> Page[AuditView]:
    """Newest first; of a subject (`card:01J…`) or an actor (`user:wang`), or one of several; from a time [ms] on, and
    before another; `without` actions that begin like this."""
    limit = bounded(limit)
    statement = select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit + 1)
    if subject is not None:
        statement = statement.where(_among(col(AuditRow.subject), subject))
    if actor is not None:
        statement = statement.where(_among(col(AuditRow.actor), actor))
    if from_ms is not None:
        near = _first_since(session, from_ms) - AROUND_LINES
        statement = statement.where(AuditRow.id >= near, AuditRow.at_ms >= from_ms)
    if to_ms is not None:
        near = _first_since(session, to_ms) + AROUND_LINES
        statement = statement.where(AuditRow.id < near, AuditRow.at_ms < to_ms)
    for start in without:
        statement = statement.where(~col(AuditRow.action).startswith(start, autoescape=True))
    if (place := number_after(after)) is not None:
        statement = statement.where(AuditRow.id < place)
    views = [AuditView.model_validate(row, from_attributes=True) for row in session.exec(statement)]
    return cut(views, limit, [str(view.id) for view in views])


def _among(column: Any, wanted: str | Sequence[str]) -> ColumnElement[bool]:
    return column == wanted if isinstance(wanted, str) else column.in_(wanted)  # type: ignore[no-any-return]


def _first_since(session: Session, at_ms: int) -> int:
    """About the first line of a time or later: numbers go up with time and have no gaps, so that twenty-odd lines are
    looked at instead of all."""
    low, high = 1, counter_value(session, COUNTER) + 1
    while low < high:
        middle = (low + high) // 2
        found = session.scalar(select(AuditRow.at_ms).where(AuditRow.id == middle))
        if found is not None and found < at_ms:
            low = middle + 1
        else:
            high = middle
    return low


def _text(fields: Fields | str | None) -> str:
    if isinstance(fields, str):
        return fields
    return canonical_json(dict(fields or {})).decode()
