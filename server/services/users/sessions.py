"""Sessions of browsers: a random secret in a cookie, its SHA-256 in the data base; and the lockout with back-off.

How one is opened: `signing_in`.
"""

import hashlib

from pydantic import BaseModel
from sqlalchemy import delete
from sqlmodel import Session, col, select

from server.services import audit
from server.services.problems import Code, Problem
from server.services.roles import Role
from server.services.work import Actor, Transactions, Work
from server.tables import SessionRow, UserRow

TOKEN_BYTES = 32
IDLE_MS = 8 * 3_600_000
LIFE_MS = 24 * 3_600_000
SEEN_STEP_MS = 60_000
"""A session's "last seen" is written at most this often."""

AGENT_MAX_CHARS = 200
KEY_CHARS = 16

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


def open_session(work: Work, user_id: str, by: str, agent: str = "") -> tuple[str, SignedIn]:
    """(cookie secret, who), for somebody who has shown everything. `agent`: what the browser calls itself."""
    user = work.session.get_one(UserRow, user_id)
    user.failures, user.locked_until_ms = 0, 0
    work.session.add(user)
    secret = work.entropy(TOKEN_BYTES).hex()
    now = work.real_ms
    work.session.execute(delete(SessionRow).where(col(SessionRow.expires_ms) <= now))
    work.session.add(
        SessionRow(
            token_hash=token_hash(secret),
            user_id=user.id,
            created_ms=now,
            seen_ms=now,
            expires_ms=now + LIFE_MS,
            by=by,
            agent="".join(c for c in agent if c.isprintable())[:AGENT_MAX_CHARS],
        )
    )
    audit.record(work, "session.start", f"user:{user.name}", after={"by": by})
    return secret, _signed_in(user)


def require_unlocked(user: UserRow, now_ms: int) -> None:
    """Problem LOCKED while somebody has guessed too often, passwords and codes counted together."""
    if user.locked_until_ms > now_ms:
        raise Problem(Code.LOCKED, f"Try again in {(user.locked_until_ms - now_ms) // 1000 + 1} s.")


def count_failure(transactions: Transactions, user_id: str) -> None:
    """A wrong password or code, in a transaction of its own: it counts although the request fails."""
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


class OpenSession(BaseModel):
    """A browser that a user is signed in with."""

    key: str
    """Names it, and opens nothing."""
    by: str
    agent: str
    created_ms: int
    seen_ms: int


def listing(session: Session, user_id: str, now_ms: int) -> list[OpenSession]:
    """The browsers that a user is signed in with, the one used last first."""
    alive = select(SessionRow).where(
        SessionRow.user_id == user_id, SessionRow.expires_ms > now_ms, SessionRow.seen_ms > now_ms - IDLE_MS
    )
    rows = session.exec(alive.order_by(col(SessionRow.seen_ms).desc(), col(SessionRow.token_hash)))
    return [
        OpenSession(
            key=row.token_hash[:KEY_CHARS], by=row.by, agent=row.agent, created_ms=row.created_ms, seen_ms=row.seen_ms
        )
        for row in rows
    ]


def end_one(work: Work, user_id: str, key: str) -> None:
    """End one of a user's own sessions; nothing happens when there is none of that key."""
    mine = select(SessionRow).where(SessionRow.user_id == user_id)
    for row in work.session.exec(mine).all():
        if row.token_hash[:KEY_CHARS] == key:
            work.session.delete(row)
            audit.record(work, "session.end", f"user:{work.session.get_one(UserRow, user_id).name}")


def end_others(work: Work, user_id: str, secret: str) -> int:
    """End all of a user's sessions but the one of this cookie; how many ended."""
    others = delete(SessionRow).where(
        col(SessionRow.user_id) == user_id, col(SessionRow.token_hash) != token_hash(secret)
    )
    ended = work.session.execute(others.returning(col(SessionRow.token_hash))).all()
    audit.record(
        work, "session.end", f"user:{work.session.get_one(UserRow, user_id).name}", after={"others": len(ended)}
    )
    return len(ended)


def key_of(secret: str) -> str:
    """The key of a cookie's session in `listing`."""
    return token_hash(secret)[:KEY_CHARS]
