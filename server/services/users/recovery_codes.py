"""Recovery codes: ten that work once each, for the day on which the telephone is lost. Shown when they are made."""

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from server.services.keys.keystore import Keystore
from server.services.users.passwords import one_time_password
from server.services.work import Work
from server.tables import RecoveryCodeRow

CODES = 10
CODE_ENTROPY_BYTES = 12
_WHAT = "recovery-code"


def make(work: Work, keystore: Keystore, user_id: str) -> list[str]:
    """Fresh codes; the ones before stop working."""
    drop(work, user_id)
    codes = [one_time_password(work.entropy(CODE_ENTROPY_BYTES)) for _ in range(CODES)]
    work.session.add_all(RecoveryCodeRow(user_id=user_id, mark=_mark(keystore, user_id, code)) for code in codes)
    work.session.flush()
    return codes


def use(work: Work, keystore: Keystore, user_id: str, text: str) -> bool:
    """Whether this is a code that was not used yet; now it is. Case, dashes and spaces do not matter."""
    row = work.session.get(RecoveryCodeRow, (user_id, _mark(keystore, user_id, text)), with_for_update=True)
    if row is None or row.used_ms is not None:
        return False
    row.used_ms = work.real_ms
    work.session.add(row)
    return True


def left(session: Session, user_id: str) -> int:
    """How many still work."""
    mine = select(func.count()).where(RecoveryCodeRow.user_id == user_id, col(RecoveryCodeRow.used_ms).is_(None))
    return session.exec(mine).one()


def drop(work: Work, user_id: str) -> None:
    """No code of the user works any more."""
    work.session.execute(delete(RecoveryCodeRow).where(col(RecoveryCodeRow.user_id) == user_id))


def _mark(keystore: Keystore, user_id: str, text: str) -> str:
    bare = "".join(c for c in text.lower() if c.isalnum())
    return keystore.mark_of(_WHAT, f"{user_id}\0{bare}")
