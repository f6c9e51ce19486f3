"""The trail: who did what to what, before, after and why; a hash chain, so that nothing can be taken out of it.

hash(n) = SHA-256("onecard.audit.v1" ‖ 00 ‖ hash(n-1) in hex ‖ canonical JSON of the line), hash(0) = 64 zeros.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel
from sqlmodel import Session, col, select

from card_protocol.words.base import canonical_json
from server.services.paging import PAGE_DEFAULT_ITEMS, Page, bounded, cut, number_after
from server.services.work import Work, take_numbers
from server.tables import AuditRow, Row

COUNTER = "audit"
GENESIS = "0" * 64
TRAIL = Row.metadata.tables["audit"]
_TAG = b"onecard.audit.v1\x00"

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


def record(
    work: Work, action: str, subject: str, *, before: Fields | None = None, after: Fields | None = None, why: str = ""
) -> None:
    """Write one line in the transaction that it tells of. `subject` is like `card:01J…`; no secrets go in here."""
    number = work.next_number(COUNTER)
    previous = work.session.exec(select(AuditRow.hash).where(AuditRow.id == number - 1)).first() or GENESIS
    row = AuditRow(
        id=number,
        at_ms=work.now_ms,
        actor=work.actor.name,
        action=action,
        subject=subject,
        before=_text(before),
        after=_text(after),
        why=why,
        hash="",
    )
    row.hash = line_hash(previous, row)
    work.session.add(row)
    work.session.flush()


class Line(NamedTuple):
    """One of many lines that are written at once."""

    action: str
    subject: str
    before: Fields | None = None
    after: Fields | None = None


def record_many(work: Work, lines: Sequence[Line], *, why: str = "") -> None:
    """Write many lines at the cost of few statements; the chain is the same."""
    if not lines:
        return
    first = take_numbers(work.session, COUNTER, len(lines))
    previous = work.session.exec(select(AuditRow.hash).where(AuditRow.id == first - 1)).first() or GENESIS
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
    work.session.connection().execute(TRAIL.insert(), rows)


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
    subject: str | None = None,
    actor: str | None = None,
    after: str | None = None,
    limit: int = PAGE_DEFAULT_ITEMS,
) -> Page[AuditView]:
    """Newest first; of one subject (`card:01J…`) or one actor (`user:wang`)."""
    limit = bounded(limit)
    statement = select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit + 1)
    if subject is not None:
        statement = statement.where(AuditRow.subject == subject)
    if actor is not None:
        statement = statement.where(AuditRow.actor == actor)
    if (place := number_after(after)) is not None:
        statement = statement.where(AuditRow.id < place)
    views = [AuditView.model_validate(row, from_attributes=True) for row in session.exec(statement)]
    return cut(views, limit, [str(view.id) for view in views])


def _text(fields: Fields | None) -> str:
    return canonical_json(dict(fields or {})).decode()
