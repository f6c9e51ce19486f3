"""Passkeys of users: asked for, kept, checked at the sign-in. `webauthn` knows the standard, this the rows."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from server.services import audit
from server.services.keys.keystore import Keystore
from server.services.problems import Code, Problem, not_found
from server.services.users import challenges, webauthn
from server.services.users.second_factor import first_codes, tidy
from server.services.users.webauthn import Place
from server.services.work import Transactions, Work
from server.tables import PasskeyRow, UserRow

PASSKEYS_MAX = 10
NAME_MAX_CHARS = 63


def ask_new(
    transactions: Transactions, keystore: Keystore, place: Place, browser: str, user_id: str
) -> Mapping[str, Any]:
    """What the browser needs to make one. `browser` is its secret."""
    challenge = challenges.make(keystore, transactions.entropy, transactions.real_clock(), browser)
    with transactions.read() as session:
        user = session.get_one(UserRow, user_id)
        return webauthn.ask_new(place, user.id, user.name, _known(session, place, user_id), challenge)


def ask(
    transactions: Transactions, keystore: Keystore, place: Place, browser: str, user_id: str | None = None
) -> Mapping[str, Any]:
    """What the browser needs to show one: any, or one of a user whose password was right."""
    challenge = challenges.make(keystore, transactions.entropy, transactions.real_clock(), browser)
    with transactions.read() as session:
        known = _known(session, place, user_id) if user_id is not None else []
    return webauthn.ask_known(place, known, challenge)


def add(work: Work, keystore: Keystore, place: Place, browser: str, user_id: str, name: str, answer: str) -> list[str]:
    """Keep a new one; recovery codes when it is the user's first factor. Problem PASSKEY_REFUSED, INVALID, TOO_MANY."""
    name = " ".join(name.split())[:NAME_MAX_CHARS]
    if not name or not name.isprintable():
        raise Problem(Code.INVALID, "A passkey has a name, so that you know it again.", fields={"name": "needed"})
    made = webauthn.made(place, answer)
    if challenges.made_ms(keystore, made.challenge, work.real_ms, browser) is None:
        raise Problem(Code.PASSKEY_REFUSED, "The challenge is none of this browser's, or too old.")
    mine = work.session.exec(select(PasskeyRow).where(PasskeyRow.user_id == user_id)).all()
    if len(mine) >= PASSKEYS_MAX:
        raise Problem(Code.TOO_MANY, f"At most {PASSKEYS_MAX} passkeys.")
    passkey_id = _id(made.credential_id)
    if work.session.get(PasskeyRow, passkey_id) is not None:
        raise Problem(Code.PASSKEY_REFUSED, "This passkey is known already.")
    codes = first_codes(work, keystore, user_id)
    work.session.add(
        PasskeyRow(
            id=passkey_id,
            user_id=user_id,
            name=name,
            rp_id=place.rp_id,
            credential=made.credential,
            sign_count=made.sign_count,
            created_ms=work.real_ms,
        )
    )
    work.session.flush()
    user = work.session.get_one(UserRow, user_id)
    audit.record(work, "user.passkey", f"user:{user.name}", after={"passkey": name, "at": place.rp_id})
    return codes


def remove(work: Work, user_id: str, passkey_id: str) -> None:
    """One of one's own counts no more. Problem NOT_FOUND."""
    row = work.session.get(PasskeyRow, passkey_id)
    if row is None or row.user_id != user_id:
        raise not_found("passkey", passkey_id)
    work.session.delete(row)
    work.session.flush()
    user = work.session.get_one(UserRow, user_id)
    audit.record(work, "user.passkey", f"user:{user.name}", before={"passkey": row.name, "at": row.rp_id})
    tidy(work, user_id)


def check(work: Work, keystore: Keystore, place: Place, browser: str, answer: str) -> UserRow:
    """Whose passkey has signed. Problem PASSKEY_REFUSED: also for an answer that came before, or from a copy."""
    row = work.session.get(PasskeyRow, _id(webauthn.credential_id_in(answer)), with_for_update=True)
    if row is None or row.rp_id != place.rp_id:
        raise Problem(Code.PASSKEY_REFUSED, "This passkey is not known here.")
    shown = webauthn.shown(place, row.credential, answer)
    made = challenges.made_ms(keystore, shown.challenge, work.real_ms, browser)
    if made is None or made <= row.challenge_ms:
        raise Problem(Code.PASSKEY_REFUSED, "The challenge is none of this browser's, too old, or was answered before.")
    # A counter that stands still although it counts: the key was copied (WebAuthn § 7.2, step 22). Many never count.
    if (shown.sign_count or row.sign_count) and shown.sign_count <= row.sign_count:
        raise Problem(Code.PASSKEY_REFUSED, "The counter of this passkey went back: it may have been copied.")
    row.sign_count, row.challenge_ms, row.used_ms = shown.sign_count, made, work.real_ms
    work.session.add(row)
    return work.session.get_one(UserRow, row.user_id)


def _known(session: Session, place: Place, user_id: str) -> list[bytes]:
    mine = select(PasskeyRow).where(PasskeyRow.user_id == user_id, PasskeyRow.rp_id == place.rp_id)
    return [row.credential for row in session.exec(mine.order_by(col(PasskeyRow.created_ms)))]


def _id(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()
