"""Sessions of browsers: a random secret in a cookie, its SHA-256 in the data base, lockout with back-off.

Sign-in takes its own short transactions, because a wrong password must be counted although the request fails,
and because nobody else's writing should wait for argon2.
"""

import hashlib

from pydantic import BaseModel
from sqlalchemy import delete
from sqlmodel import Session, col, select

from server.services import audit
from server.services.passwords import Passwords
from server.services.problems import Code, Problem
from server.services.roles import Role
from server.services.work import Actor, Transactions, Work
from server.tables import SessionRow, UserRow

TOKEN_BYTES = 32
IDLE_MS = 8 * 3_600_000
LIFE_MS = 24 * 3_600_000
SEEN_STEP_MS = 60_000
"""A session's "last seen" is written at most this often."""

FREE_FAILURES = 5
BACKOFF_FIRST_MS = 30_000
BACKOFF_MAX_MS = 15 * 60_000


class SignedIn(BaseModel):
    """Who a session belongs to."""

    user_id: str
    name: str
    role: Role
    org: str
    must_change: bool

    def actor(self) -> Actor:
        """As the audit trail tells it."""
        return Actor(f"user:{self.name}", self.role.value, self.user_id)


def sign_in(transactions: Transactions, passwords: Passwords, name: str, password: str) -> tuple[str, SignedIn]:
    """(cookie secret, who). Problem PASSWORD_WRONG or LOCKED; both say nothing about whether the user exists."""
    now = transactions.real_clock()
    with transactions.read() as session:
        user = session.exec(select(UserRow).where(UserRow.name == name)).first()
    if user is not None and user.locked_until_ms > now:
        seconds = (user.locked_until_ms - now) // 1000 + 1
        raise Problem(Code.LOCKED, f"Try again in {seconds} s.")
    right = passwords.verify(user.password_hash if user else None, password)
    if user is None or user.disabled or not right:
        if user is not None:
            _count_failure(transactions, user.id)
        raise Problem(Code.PASSWORD_WRONG)
    with transactions.work(Actor(f"user:{name}", user.role, user.id)) as work:
        return _open(work, user.id)


def who(transactions: Transactions, secret: str) -> SignedIn | None:
    """Whose session a cookie is; None when it is none, too old or its user disabled."""
    if not secret:
        return None
    now = transactions.real_clock()
    with transactions.read() as session:
        row = session.get(SessionRow, token_hash(secret))
        if row is None or now >= row.expires_ms or now - row.seen_ms >= IDLE_MS:
            return None
        user = session.get(UserRow, row.user_id)
        if user is None or user.disabled:
            return None
        found, stale = _signed_in(user), now - row.seen_ms >= SEEN_STEP_MS
    if stale:
        with transactions.work(found.actor()) as work:
            seen = work.session.get(SessionRow, token_hash(secret))
            if seen is not None:
                seen.seen_ms = now
                work.session.add(seen)
    return found


def sign_out(transactions: Transactions, secret: str) -> None:
    """End one session; nothing happens when there is none."""
    found = who(transactions, secret)
    if found is not None:
        with transactions.work(found.actor()) as work:
            work.session.execute(delete(SessionRow).where(col(SessionRow.token_hash) == token_hash(secret)))
            audit.record(work, "session.end", f"user:{found.name}")


def end_all(work: Work, user_id: str) -> None:
    """End every session of a user."""
    work.session.execute(delete(SessionRow).where(col(SessionRow.user_id) == user_id))


def token_hash(secret: str) -> str:
    """What is stored of a secret with 256 random bits: no salt or slow hash is needed for those."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _open(work: Work, user_id: str) -> tuple[str, SignedIn]:
    user = work.session.get_one(UserRow, user_id)
    user.failures, user.locked_until_ms = 0, 0
    work.session.add(user)
    secret = work.entropy(TOKEN_BYTES).hex()
    now = work.real_ms
    work.session.execute(delete(SessionRow).where(col(SessionRow.expires_ms) <= now))
    work.session.add(
        SessionRow(
            token_hash=token_hash(secret), user_id=user.id, created_ms=now, seen_ms=now, expires_ms=now + LIFE_MS
        )
    )
    audit.record(work, "session.start", f"user:{user.name}")
    return secret, _signed_in(user)


def _count_failure(transactions: Transactions, user_id: str) -> None:
    with transactions.work(Actor("nobody")) as work:
        user = work.session.get_one(UserRow, user_id, with_for_update=True)
        user.failures += 1
        if user.failures >= FREE_FAILURES:
            wait = min(BACKOFF_FIRST_MS << min(user.failures - FREE_FAILURES, 16), BACKOFF_MAX_MS)
            user.locked_until_ms = work.real_ms + wait
            audit.record(work, "user.locked", f"user:{user.name}", after={"failures": user.failures, "wait_ms": wait})
        work.session.add(user)


def _signed_in(user: UserRow) -> SignedIn:
    return SignedIn(user_id=user.id, name=user.name, role=Role(user.role), org=user.org, must_change=user.must_change)


def open_sessions(session: Session, user_id: str) -> int:
    """How many browsers a user is signed in with."""
    return len(session.exec(select(SessionRow.token_hash).where(SessionRow.user_id == user_id)).all())
