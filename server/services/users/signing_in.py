"""Signing in: the password, then a second factor where the user has one; or a passkey, which is both.

Each step takes its own short transactions, because a wrong try must be counted although the request fails, and because
nobody else's writing should wait for argon2. A right password alone ends no lockout: else it could be used to guess
codes for ever.
"""

import hmac
from typing import NamedTuple

from sqlmodel import select

from server.services.house import House
from server.services.problems import Code, Problem
from server.services.users import passkeys, second_factor
from server.services.users.passwords import Passwords
from server.services.users.sessions import SignedIn, count_failure, open_session, require_unlocked
from server.services.users.webauthn import Place
from server.services.work import Actor, Transactions
from server.tables import UserRow

HALF_LIFE_MS = 5 * 60_000
"""How long somebody may look for their telephone after the password."""
BY_PASSWORD = "password"  # noqa: S105 - how somebody signed in
_WHAT = "sign-in.half"


class Opened(NamedTuple):
    """A session: what its cookie carries, and whose it is."""

    secret: str
    user: SignedIn


class Half(NamedTuple):
    """The password was right, and the user has a second factor to show. `ticket` says so to the next step."""

    ticket: str


def by_password(house: House, name: str, password: str, agent: str = "") -> Opened | Half:
    """Problem PASSWORD_WRONG or LOCKED; both say nothing about whether the user exists."""
    transactions = house.transactions
    with transactions.read() as session:
        user = session.exec(select(UserRow).where(UserRow.name == name)).first()
        second = user is not None and second_factor.state(session, user.id).on
    _check(transactions, house.passwords, user, password)
    assert user is not None
    if second:
        return half_of(house, user, BY_PASSWORD)
    with transactions.work(_actor(user)) as work:
        return Opened(*open_session(work, user.id, BY_PASSWORD, agent))


def half_of(house: House, user: UserRow, by: str) -> Half:
    """Somebody has shown who they are (`by` their password or the provider), and has a second factor still to show."""
    return Half(_ticket(house, user, by, house.transactions.real_clock() + HALF_LIFE_MS))


def by_code(house: House, ticket: str, text: str, agent: str = "") -> Opened:
    """The second step with a code of the app or a recovery code. Problem CODE_WRONG, LOCKED or SIGN_IN_OLD."""
    user, first = _shown(house, ticket)
    with house.transactions.work(_actor(user)) as work:
        # Two windows with one code: the second waits here, and finds it used.
        require_unlocked(work.session.get_one(UserRow, user.id, with_for_update=True), work.real_ms)
        by = second_factor.check(work, house.keystore, user.id, text)
        if by is not None:
            return Opened(*open_session(work, user.id, f"{first}+{by}", agent))
    count_failure(house.transactions, user.id)
    raise Problem(Code.CODE_WRONG)


def by_passkey(house: House, place: Place, browser: str, answer: str, ticket: str = "", agent: str = "") -> Opened:
    """A passkey alone, or as the second step (`ticket`). Problem PASSKEY_REFUSED, SIGN_IN_OLD or LOCKED.

    A lockout does not stop a passkey that comes alone: it cannot be guessed, and whoever plays with somebody's name at
    the sign-in should not shut them out.
    """
    half, first = _shown(house, ticket) if ticket else (None, "")
    with house.transactions.work(Actor("nobody")) as work:
        user = passkeys.check(work, house.keystore, place, browser, answer)
        if user.disabled or (half is not None and half.id != user.id):
            raise Problem(Code.PASSKEY_REFUSED)
        work.actor = _actor(user)
        return Opened(*open_session(work, user.id, f"{first}+passkey" if half else "passkey", agent))


def owner(house: House, ticket: str) -> UserRow:
    """Whose half sign-in this is. Problem SIGN_IN_OLD when it is none, too old, or the password is another now."""
    return _shown(house, ticket)[0]


def _shown(house: House, ticket: str) -> tuple[UserRow, str]:
    """(whose half sign-in this is, by what), as `owner`."""
    user_id, until, by, *_ = [*ticket.split("."), "", "", ""]
    now = house.transactions.real_clock()
    with house.transactions.read() as session:
        user = session.get(UserRow, user_id)
    if user is None or user.disabled or not (until.isascii() and until.isdigit()) or not now < int(until):
        raise Problem(Code.SIGN_IN_OLD)
    if not hmac.compare_digest(_ticket(house, user, by, int(until)).encode(), ticket.encode()):
        raise Problem(Code.SIGN_IN_OLD)
    require_unlocked(user, now)
    return user, by


def confirm(house: House, user_id: str, password: str) -> None:
    """Somebody who is signed in shows that they still are themselves. Problem PASSWORD_WRONG or LOCKED; tries count."""
    with house.transactions.read() as session:
        user = session.get(UserRow, user_id)
    _check(house.transactions, house.passwords, user, password)


def anew(house: House, user_id: str, agent: str = "") -> Opened:
    """Another session for somebody who has just changed the password in this one."""
    with house.transactions.work(Actor("nobody")) as work:
        user = work.session.get_one(UserRow, user_id)
        work.actor = _actor(user)
        return Opened(*open_session(work, user.id, "password", agent))


def _check(transactions: Transactions, passwords: Passwords, user: UserRow | None, password: str) -> None:
    if user is not None:
        require_unlocked(user, transactions.real_clock())
    right = passwords.verify(user.password_hash if user else None, password)
    if user is None or user.disabled or not right:
        if user is not None:
            count_failure(transactions, user.id)
        raise Problem(Code.PASSWORD_WRONG)


def _ticket(house: House, user: UserRow, by: str, until_ms: int) -> str:
    mark = house.keystore.mark_of(_WHAT, f"{user.id}\0{until_ms}\0{by}\0{user.password_hash}")
    return f"{user.id}.{until_ms}.{by}.{mark}"


def _actor(user: UserRow) -> Actor:
    return Actor(f"user:{user.name}", user.role, user.id)
