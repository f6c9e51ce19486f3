"""Taking a list back, within a day: what it brought goes, what it changed is as before. All or nothing.

Whom somebody has touched since (changed them by hand, given them a card) stays as they are, and is counted.
"""

from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from server.services import audit
from server.services.lists import imports
from server.services.lists.import_columns import Subject
from server.services.lists.import_match import Status
from server.services.lists.imports import UNDO_MS, State
from server.services.long_jobs import Step
from server.services.people import finding, households
from server.services.people.name_keys import keys_of
from server.services.problems import Code, Problem
from server.services.work import Actor, Transactions, Work
from server.tables import CardRow, HolderRow, HouseRow, ImportLineRow, ImportRow

CHUNK = 500
KEPT = "kept"
"""In the counts of an undone list: how many were left as they are."""


def can_undo(view: imports.ImportView, now_ms: int) -> bool:
    """Whether a list can still be taken back."""
    return view.state is State.DONE and view.applied_ms is not None and now_ms < view.applied_ms + UNDO_MS


def undo(transactions: Transactions, actor: Actor, import_id: str, step: Step) -> None:
    """Take it back; Problem WRONG_STATE when it is too late."""
    with transactions.read() as session:
        lines = _lines(session, import_id)
    with transactions.work(actor) as work:
        row = imports.row_of(work.session, import_id)
        if not can_undo(imports.view_of(work.session, row), work.now_ms):
            raise Problem(Code.WRONG_STATE, "A list can be taken back for 24 hours.")
        told: list[audit.Line] = []
        for start in range(0, len(lines), CHUNK):
            told += _undo_part(work, row, lines[start : start + CHUNK])
            step(start + CHUNK, len(lines))
        audit.record_many(work, told, why=f"import:{import_id}")
        kept = len(lines) - len(told)
        audit.record(work, "import.undo", f"import:{import_id}", after={"undone": len(told), KEPT: kept})
        row.state, row.undone_ms = State.UNDONE.value, work.now_ms
        row.counts = row.counts | {KEPT: kept}
        work.session.add(row)


def _undo_part(work: Work, row: ImportRow, lines: list[ImportLineRow]) -> list[audit.Line]:
    table: Any = HouseRow if row.subject == Subject.HOUSES else HolderRow
    kind = "house" if row.subject == Subject.HOUSES else "holder"
    ids = [line.target for line in lines]
    as_it_was = select(table.id).where(table.id.in_(ids), table.changed_ms == row.applied_ms)
    untouched = set(work.session.exec(as_it_was))
    held = set(work.session.exec(select(CardRow.holder_id).where(col(CardRow.holder_id).in_(ids))))
    told, gone, changed = [], [], []
    for line in lines:
        target = line.target or ""
        if target not in untouched or (line.status == Status.NEW and target in held):
            continue
        if line.status == Status.NEW:
            gone.append(target)
            told.append(audit.Line(f"{kind}.remove", f"{kind}:{target}", {"code": line.made.get("code", "")}, None))
        else:
            changed.append(_restored(work, work.session.get_one(table, target), line.before))
            told.append(audit.Line(f"{kind}.change", f"{kind}:{target}", None, {"restored": sorted(line.before)}))
    work.session.execute(delete(table).where(table.id.in_(gone)))
    work.session.flush()
    if kind == "holder":
        keyed = {one.id: keys_of(one.name, one.house, one.phone_tail, one.tags) for one in changed}
        finding.write_keys(work.session, finding.key_rows(keyed), list(keyed))
        households.settle(work, changed)
    return told


def _restored(work: Work, found: Any, before: dict[str, Any]) -> Any:
    for name, value in before.items():
        setattr(found, name, value)
    found.changed_ms = work.now_ms
    work.session.add(found)
    return found


def _lines(session: Session, import_id: str) -> list[ImportLineRow]:
    done = col(ImportLineRow.status).in_([Status.NEW.value, Status.CHANGED.value])
    mine = select(ImportLineRow).where(ImportLineRow.import_id == import_id, done)
    return list(session.exec(mine.order_by(col(ImportLineRow.number))))
