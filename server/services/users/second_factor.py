"""Second factors of a user: an authenticator app, passkeys, recovery codes. Who has one must show one at every sign-in.

The app's secret sleeps in a box of the keystore: a thief of the data base cannot make codes.
"""

from collections.abc import Sequence

from pydantic import BaseModel
from sqlalchemy import delete
from sqlmodel import Session, col, select

from server.services import audit
from server.services.keys.keystore import Keystore
from server.services.problems import Code, Problem
from server.services.users import recovery_codes, totp
from server.services.users.sessions import end_all
from server.services.work import Work
from server.tables import PasskeyRow, TotpRow, UserRow

BY_APP, BY_RECOVERY = "app", "recovery"


class PasskeyView(BaseModel):
    """A passkey without its key."""

    id: str
    name: str
    rp_id: str
    created_ms: int
    used_ms: int | None


class SecondFactor(BaseModel):
    """What a user has beside the password."""

    app_since_ms: int | None
    passkeys: list[PasskeyView]
    codes_left: int

    @property
    def on(self) -> bool:
        """Whether the password alone is not enough."""
        return self.app_since_ms is not None or bool(self.passkeys)


def state(session: Session, user_id: str) -> SecondFactor:
    """What a user has."""
    app = session.get(TotpRow, user_id)
    mine = select(PasskeyRow).where(PasskeyRow.user_id == user_id).order_by(col(PasskeyRow.created_ms))
    return SecondFactor(
        app_since_ms=app.created_ms if app is not None and app.active else None,
        passkeys=[PasskeyView.model_validate(row, from_attributes=True) for row in session.exec(mine)],
        codes_left=recovery_codes.left(session, user_id),
    )


def begin_app(work: Work, keystore: Keystore, user_id: str) -> bytes:
    """A fresh secret that counts once a code has shown that the app has it. Problem WRONG_STATE when there is one."""
    row = work.session.get(TotpRow, user_id, with_for_update=True)
    if row is not None and row.active:
        raise Problem(Code.WRONG_STATE, "There is an authenticator app already; remove it first.")
    secret = work.entropy(totp.SECRET_BYTES)
    row = row or TotpRow(user_id=user_id, box=b"", active=False, created_ms=work.real_ms)
    row.box, row.created_ms = keystore.lock(_label(user_id), secret, work.entropy), work.real_ms
    work.session.add(row)
    return secret


def begun_app(session: Session, keystore: Keystore, user_id: str) -> bytes | None:
    """The secret that waits for its first code; None when there is none that waits."""
    row = session.get(TotpRow, user_id)
    return None if row is None or row.active else keystore.unlock(_label(user_id), row.box)


def confirm_app(work: Work, keystore: Keystore, user_id: str, code: str) -> list[str]:
    """The first code: from now on the app counts. Recovery codes when the user had none. Problem CODE_WRONG."""
    row = work.session.get(TotpRow, user_id, with_for_update=True)
    if row is None or row.active:
        raise Problem(Code.WRONG_STATE, "Nothing was begun that a code could finish.")
    step = totp.step_of(keystore.unlock(_label(user_id), row.box), code, work.real_ms, row.last_step)
    if step is None:
        raise Problem(Code.CODE_WRONG)
    row.active, row.last_step, row.created_ms = True, step, work.real_ms
    work.session.add(row)
    audit.record(work, "user.app", _subject(work.session, user_id), after={"app": True})
    return first_codes(work, keystore, user_id)


def remove_app(work: Work, user_id: str) -> None:
    """The app counts no more; nothing happens when there is none."""
    row = work.session.get(TotpRow, user_id)
    if row is None:
        return
    was = row.active
    work.session.delete(row)
    work.session.flush()
    if was:
        audit.record(work, "user.app", _subject(work.session, user_id), before={"app": True}, after={"app": False})
    tidy(work, user_id)


def new_codes(work: Work, keystore: Keystore, user_id: str) -> list[str]:
    """Fresh recovery codes instead of the ones before. Problem WRONG_STATE without a second factor."""
    if not state(work.session, user_id).on:
        raise Problem(Code.WRONG_STATE, "Recovery codes belong to a second factor.")
    audit.record(work, "user.codes", _subject(work.session, user_id))
    return recovery_codes.make(work, keystore, user_id)


def check(work: Work, keystore: Keystore, user_id: str, text: str) -> str | None:
    """BY_APP or BY_RECOVERY when the text is a code of the user that was not used yet; now it is. None otherwise."""
    bare = "".join(text.split())
    row = work.session.get(TotpRow, user_id, with_for_update=True)
    if row is not None and row.active:
        step = totp.step_of(keystore.unlock(_label(user_id), row.box), bare, work.real_ms, row.last_step)
        if step is not None:
            row.last_step = step
            work.session.add(row)
            return BY_APP
    return BY_RECOVERY if recovery_codes.use(work, keystore, user_id, bare) else None


def reset(work: Work, user: UserRow, why: str) -> None:
    """Somebody lost everything: app, passkeys and codes go, all sessions end. Problem INVALID without a reason."""
    if not why.strip():
        raise Problem(Code.INVALID, "Say why; it stands on record.", fields={"why": "needed"})
    before = state(work.session, user.id)
    for table in (TotpRow, PasskeyRow):
        work.session.execute(delete(table).where(col(table.user_id) == user.id))
    recovery_codes.drop(work, user.id)
    end_all(work, user.id)
    had = {"app": before.app_since_ms is not None, "passkeys": _names(before.passkeys)}
    audit.record(work, "user.second_reset", f"user:{user.name}", before=had, why=why.strip())


def first_codes(work: Work, keystore: Keystore, user_id: str) -> list[str]:
    """Recovery codes for who has none left, with their first factor; empty for anybody else."""
    return [] if recovery_codes.left(work.session, user_id) else recovery_codes.make(work, keystore, user_id)


def tidy(work: Work, user_id: str) -> None:
    """Recovery codes go with the last factor: alone they would be a second password."""
    if not state(work.session, user_id).on:
        recovery_codes.drop(work, user_id)


def _names(passkeys: Sequence[PasskeyView]) -> list[str]:
    return [passkey.name for passkey in passkeys]


def _label(user_id: str) -> str:
    return f"totp:{user_id}"


def _subject(session: Session, user_id: str) -> str:
    return f"user:{session.get_one(UserRow, user_id).name}"
