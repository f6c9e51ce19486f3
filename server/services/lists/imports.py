"""Lists that are taken over: read, understood column by column, looked at, mended row by row.

A list is `columns` while it must be said what they mean, `checked` after the dry run, then `done` and perhaps
`undone`. Its lines hold what people wrote, identity numbers too, and are forgotten LINES_LIVE_MS after the list was
read or taken over (PIPL art. 47); the list itself stays, as a line of history. The work on all lines at once is
services.lists.import_run.
"""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel
from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from card_protocol.words.moment import DAY_MS, local_day_and_minute
from server.services import audit
from server.services.lists.import_check import Mark, check
from server.services.lists.import_columns import Column, Subject, fingerprint, guess, head_row, is_enough
from server.services.lists.import_match import Matched, Seen, Status, match
from server.services.lists.sheets import CELL_MAX_CHARS, Sheet
from server.services.paging import PAGE_DEFAULT_ITEMS, Page, bounded, cut, number_after
from server.services.problems import Code, Problem, not_found
from server.services.work import Work
from server.tables import ImportLineRow, ImportMappingRow, ImportRow, Row

LINES_LIVE_MS = DAY_MS
UNDO_MS = DAY_MS
LISTED = 30
FILE_NAME_CHARS = 200


class State(StrEnum):
    """Where a list stands."""

    COLUMNS = "columns"
    CHECKED = "checked"
    DONE = "done"
    UNDONE = "undone"
    DROPPED = "dropped"


class ImportView(BaseModel):
    """A list as it stands; `counts` by the status of its lines."""

    id: str
    subject: Subject
    state: State
    file_name: str
    actor: str
    titles: list[str]
    mapped: dict[Column, int]
    rows: int
    created_ms: int
    applied_ms: int | None
    undone_ms: int | None
    counts: dict[str, int]

    def count(self, status: str) -> int:
        """Of lines of a status."""
        return self.counts.get(status, 0)


class LineView(BaseModel):
    """One line: what stands in the file, what is wrong with it, what it becomes."""

    number: int
    status: Status
    cells: list[str]
    flaws: dict[str, str]
    made: dict[str, Any]
    before: dict[str, Any]


def create(work: Work, org: str, subject: Subject, sheet: Sheet, file_name: str) -> ImportView:
    """Keep a list as it was read, with the columns as they were understood the last time or can be guessed."""
    forget_old(work)
    head = head_row(sheet.rows, subject)
    titles = sheet.rows[head] if head is not None else [""] * len(sheet.rows[0])
    body = list(zip(sheet.numbers, sheet.rows, strict=True))[0 if head is None else head + 1 :]
    if not body:
        raise Problem(Code.INVALID, "There is no row below the titles.")
    row = ImportRow(
        id=work.new_id(),
        org=org,
        subject=subject.value,
        state=State.COLUMNS.value,
        file_name=file_name[:FILE_NAME_CHARS],
        actor=work.actor.name,
        titles=titles,
        mapped=_remembered(work.session, org, subject, titles)
        or {c.value: i for c, i in guess(titles, subject).items()},
        rows=len(body),
        created_ms=work.now_ms,
    )
    work.session.add(row)
    work.session.flush()
    unread = {"import_id": row.id, "status": Status.UNREAD.value}
    lines = [unread | {"number": number, "cells": cells} for number, cells in body]
    work.session.connection().execute(Row.metadata.tables["import_line"].insert(), lines)
    audit.record(work, "import.read", f"import:{row.id}", after={"subject": subject, "rows": len(body)})
    return view_of(work.session, row)


def set_columns(work: Work, import_id: str, mapped: dict[Column, int]) -> ImportView:
    """Say what the columns mean; remembered for the next list with the same titles. Problem INVALID."""
    row = open_row(work.session, import_id)
    subject = Subject(row.subject)
    wide = len(row.titles)
    if not is_enough(mapped, subject) or not all(0 <= place < wide for place in mapped.values()):
        raise Problem(Code.INVALID, "These columns make no list.", fields={"columns": "not enough"})
    row.mapped = {column.value: place for column, place in mapped.items()}
    work.session.add(row)
    work.session.merge(
        ImportMappingRow(
            org=row.org,
            subject=row.subject,
            fingerprint=fingerprint(row.titles),
            mapped=row.mapped,
            changed_ms=work.now_ms,
        )
    )
    work.session.flush()
    return view_of(work.session, row)


def mend(work: Work, import_id: str, number: int, cells: dict[int, str], mark: Mark) -> LineView:
    """Write cells of a line anew and judge it again, beside all others."""
    row, line = open_row(work.session, import_id), line_of(work.session, import_id, number)
    line.cells = [cells.get(place, cell)[:CELL_MAX_CHARS] for place, cell in enumerate(line.cells)]
    line.typed = True
    judge(work.session, row, line, mark, work.now_ms)
    return line_view(line)


def leave_out(work: Work, import_id: str, number: int, out: bool, mark: Mark) -> LineView:
    """Leave a line out, or take it in again."""
    row, line = open_row(work.session, import_id), line_of(work.session, import_id, number)
    if out:
        line.status, line.key, line.target = Status.SKIPPED.value, None, None
        work.session.add(line)
        work.session.flush()
    else:
        judge(work.session, row, line, mark, work.now_ms)
    return line_view(line)


def judge(session: Session, row: ImportRow, line: ImportLineRow, mark: Mark, now_ms: int) -> None:
    """Check one line alone; the others stay as they are."""
    today, _ = local_day_and_minute(now_ms)
    subject = Subject(row.subject)
    checked = check(line.cells, columns_of(row), subject, mark=mark, today=today, typed=line.typed)
    seen = Seen()
    others = (ImportLineRow.import_id == row.id, ImportLineRow.number != line.number)
    if (key := checked.key) is not None:
        same = select(ImportLineRow.number).where(*others, ImportLineRow.key == key)
        if (number := session.exec(same.limit(1)).first()) is not None:
            seen.keys[key] = number
    found = match(session, row.org, subject, [(line.number, checked)], seen)[line.number]
    put(line, found)
    session.add(line)
    session.flush()


def put(line: ImportLineRow, found: Matched) -> None:
    """Write what became of a line into its row."""
    line.status, line.flaws, line.made = found.status.value, dict(found.flaws), dict(found.values)
    line.key, line.target, line.before = found.key, found.target, dict(found.before)


def drop(work: Work, import_id: str) -> None:
    """Throw a list away that was not taken over."""
    row = open_row(work.session, import_id)
    row.state = State.DROPPED.value
    row.counts = counts_of(work.session, row.id)
    work.session.add(row)
    work.session.execute(delete(ImportLineRow).where(col(ImportLineRow.import_id) == row.id))
    audit.record(work, "import.drop", f"import:{row.id}")


def forget_old(work: Work) -> int:
    """Forget the lines of lists that are over; how many lists had any."""
    before = work.now_ms - LINES_LIVE_MS
    since = func.coalesce(ImportRow.applied_ms, ImportRow.created_ms)
    old = list(work.session.exec(select(ImportRow).where(since < before, ImportRow.state != State.DROPPED.value)))
    ids = [row.id for row in old]
    gone = work.session.execute(delete(ImportLineRow).where(col(ImportLineRow.import_id).in_(ids))) if ids else None
    for row in old:
        if row.state in (State.COLUMNS, State.CHECKED):
            row.state = State.DROPPED.value
            work.session.add(row)
    return 0 if gone is None else len(ids)


def listing(session: Session, *, before: str | None = None, limit: int = LISTED) -> list[ImportView]:
    """The latest lists, newest first; `before`: an id."""
    statement = select(ImportRow).order_by(col(ImportRow.id).desc()).limit(limit)
    if before is not None:
        statement = statement.where(ImportRow.id < before)
    return [view_of(session, row) for row in session.exec(statement)]


def get(session: Session, import_id: str) -> ImportView:
    """One list; Problem NOT_FOUND."""
    return view_of(session, row_of(session, import_id))


def lines(
    session: Session, import_id: str, status: Status, *, after: str | None = None, limit: int = PAGE_DEFAULT_ITEMS
) -> Page[LineView]:
    """Lines of a status in the order of the file."""
    limit = bounded(limit)
    mine = (ImportLineRow.import_id == import_id, ImportLineRow.status == status.value)
    statement = select(ImportLineRow).where(*mine).order_by(col(ImportLineRow.number)).limit(limit + 1)
    if (place := number_after(after)) is not None:
        statement = statement.where(ImportLineRow.number > place)
    found = [line_view(line) for line in session.exec(statement)]
    return cut(found, limit, [str(line.number) for line in found])


def row_of(session: Session, import_id: str) -> ImportRow:
    """The row of a list; Problem NOT_FOUND."""
    row = session.get(ImportRow, import_id)
    if row is None:
        raise not_found("import", import_id)
    return row


def open_row(session: Session, import_id: str) -> ImportRow:
    """The row of a list that can still be worked on; Problem WRONG_STATE."""
    row = row_of(session, import_id)
    if row.state not in (State.COLUMNS, State.CHECKED):
        raise Problem(Code.WRONG_STATE, f"This list is {row.state}.")
    return row


def line_of(session: Session, import_id: str, number: int) -> ImportLineRow:
    """One line of a list; Problem NOT_FOUND."""
    line = session.get(ImportLineRow, (import_id, number))
    if line is None:
        raise not_found("line", number)
    return line


def columns_of(row: ImportRow) -> dict[Column, int]:
    """What its columns mean."""
    return {Column(name): int(place) for name, place in row.mapped.items()}


def counts_of(session: Session, import_id: str) -> dict[str, int]:
    """How many lines of each status there are now."""
    counted = select(ImportLineRow.status, func.count()).where(ImportLineRow.import_id == import_id)
    return dict(session.exec(counted.group_by(ImportLineRow.status)).all())


def view_of(session: Session, row: ImportRow) -> ImportView:
    """Row -> what a screen shows; lists that are over keep the counts of their last hour."""
    known = row.model_dump() | {"mapped": columns_of(row)}
    if row.state in (State.COLUMNS, State.CHECKED):
        known["counts"] = counts_of(session, row.id)
    return ImportView.model_validate(known)


def line_view(line: ImportLineRow) -> LineView:
    """Row -> what a screen shows."""
    return LineView.model_validate(line.model_dump())


def _remembered(session: Session, org: str, subject: Subject, titles: list[str]) -> dict[str, Any] | None:
    known = session.get(ImportMappingRow, (org, subject.value, fingerprint(titles)))
    return dict(known.mapped) if known is not None else None
