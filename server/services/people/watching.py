"""People of whom the guard has to be told when they come: who may get lost, who must not be let in alone.

One sentence each, which says what to do. It is shown with the portrait at the moment of the tap to those who see who
tapped (services.sight), and to nobody else.
"""

from sqlmodel import Session

from server.services import audit
from server.services.people import holders
from server.services.problems import Code, Problem
from server.services.work import Work
from server.tables import HolderWatchRow

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
