"""People of whom the guard has to be told when they come: who may get lost, who must not be let in alone.

One sentence each, which says what to do. It is shown with the portrait at the moment of the tap to those who see who
tapped (services.sight), and to nobody else.
"""

from collections.abc import Collection

from sqlmodel import Session, col, select

from server.services import audit
from server.services.people import holders
from server.services.problems import Code, Problem
from server.services.work import Work
from server.tables import HolderPhotoRow, HolderWatchRow

TODO_MAX_CHARS = 200


def put(work: Work, holder_id: str, todo: str) -> None:
    """Say what to do when they come; nothing ends it. Problem NOT_FOUND, INVALID."""
    holders.row_of(work.session, holder_id)
    todo = " ".join(todo.split())
    if len(todo) > TODO_MAX_CHARS or not todo.isprintable():
        raise Problem(Code.INVALID, f"At most {TODO_MAX_CHARS} characters.", fields={"todo": "too long"})
    row = work.session.get(HolderWatchRow, holder_id)
    before = row.todo if row is not None else ""
    if before == todo:
        return
    if not todo:
        work.session.delete(row)
    else:
        work.session.merge(HolderWatchRow(holder_id=holder_id, todo=todo, since_ms=work.now_ms))
    work.session.flush()
    audit.record(work, "holder.watch", f"holder:{holder_id}", before={"todo": before}, after={"todo": todo})


def of(session: Session, holder_id: str) -> str:
    """What to do; "" for most people."""
    row = session.get(HolderWatchRow, holder_id)
    return row.todo if row is not None else ""


def told_of(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Person -> what to do, of those of whom there is something to tell."""
    rows = session.exec(select(HolderWatchRow).where(col(HolderWatchRow.holder_id).in_(ids)))
    return {row.holder_id: row.todo for row in rows}


def pictured(session: Session, ids: Collection[str]) -> set[str]:
    """Those of them who have a portrait."""
    return set(session.exec(select(HolderPhotoRow.holder_id).where(col(HolderPhotoRow.holder_id).in_(ids))))
