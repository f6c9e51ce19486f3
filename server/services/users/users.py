"""Users: people with a name, a role and a password that must be changed once."""

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select

from card_protocol.words.division import covers
from card_protocol.words.ids import Slug
from server.services import audit
from server.services.oidc import links
from server.services.problems import Code, Problem, not_found
from server.services.roles import PEOPLE_ROLES, Role
from server.services.users import second_factor
from server.services.users.passwords import Passwords, check_strength, one_time_password
from server.services.users.sessions import end_all
from server.services.work import Work
from server.tables import OrgUnitRow, PasskeyRow, TotpRow, UserRow

ONE_TIME_ENTROPY_BYTES = 12


class UserIn(BaseModel):
    """A user as an admin enters them."""

    name: Slug
    role: Role
    org: str = Field(max_length=12)


class UserView(UserIn):
    """A user as they stand."""

    id: str
    must_change: bool
    disabled: bool
    locked_until_ms: int
    created_ms: int
    second_factor: bool = False
    """Whether the password alone is not enough."""


def add(work: Work, passwords: Passwords, user: UserIn) -> tuple[UserView, str]:
    """Enter a user; the second value is the one-time password, shown once and never stored."""
    if user.role not in PEOPLE_ROLES:
        raise Problem(Code.INVALID, f"{user.role} is no role of a person.", fields={"role": "not a person's"})
    _require_unit(work.session, user.org)
    if work.session.exec(select(UserRow.id).where(UserRow.name == user.name)).first():
        raise Problem(Code.EXISTS, f"There is a user {user.name} already.", fields={"name": "taken"})
    password = one_time_password(work.entropy(ONE_TIME_ENTROPY_BYTES))
    row = UserRow(
        id=work.new_id(),
        name=user.name,
        role=user.role.value,
        org=user.org,
        password_hash=passwords.hash(password),
        must_change=True,
        created_ms=work.real_ms,
        changed_ms=work.real_ms,
    )
    work.session.add(row)
    work.session.flush()
    audit.record(work, "user.add", f"user:{row.name}", after=user.model_dump(mode="json"))
    return _view(row), password


def reset_password(work: Work, passwords: Passwords, name: str) -> str:
    """A new one-time password; all sessions of the user end.

    So does what the old password may have connected: whoever knew it could have let their own account in for good.
    """
    row = row_of(work.session, name)
    password = one_time_password(work.entropy(ONE_TIME_ENTROPY_BYTES))
    row.password_hash, row.must_change = passwords.hash(password), True
    row.failures, row.locked_until_ms = 0, 0
    work.session.add(row)
    end_all(work, row.id)
    links.disconnect(work, row.id)
    audit.record(work, "user.reset", f"user:{name}")
    return password


def change_password(work: Work, passwords: Passwords, user_id: str, old: str, new: str) -> None:
    """Set a password of one's own. Problem PASSWORD_WRONG or PASSWORD_WEAK. All sessions of the user end."""
    row = work.session.get(UserRow, user_id)
    if row is None:
        raise not_found("user", user_id)
    if not passwords.verify(row.password_hash, old):
        raise Problem(Code.PASSWORD_WRONG, "The present password is wrong.", fields={"old": "wrong"})
    if old == new:
        raise Problem(Code.PASSWORD_WEAK, "The new password is the old one.", fields={"password": "the old one"})
    check_strength(row.name, new)
    row.password_hash, row.must_change, row.changed_ms = passwords.hash(new), False, work.real_ms
    work.session.add(row)
    end_all(work, row.id)
    audit.record(work, "user.password", f"user:{row.name}")


def choose_first(work: Work, passwords: Passwords, name: str, new: str) -> None:
    """A password of their own for who still has a one-time one, at the server's own terminal.

    Problem NOT_FOUND, WRONG_STATE, PASSWORD_WEAK.
    """
    row = row_of(work.session, name)
    if not row.must_change:
        raise Problem(Code.WRONG_STATE, f"{name} has a password of their own already.")
    check_strength(row.name, new)
    row.password_hash, row.must_change, row.changed_ms = passwords.hash(new), False, work.real_ms
    work.session.add(row)
    end_all(work, row.id)
    audit.record(work, "user.password", f"user:{name}")


def change(work: Work, name: str, *, role: Role, disabled: bool, org: str | None = None) -> UserView:
    """Another role or unit, or no way in any more; all sessions of the user end. Problem IN_USE for the last admin."""
    if role not in PEOPLE_ROLES:
        raise Problem(Code.INVALID, f"{role} is no role of a person.", fields={"role": "not a person's"})
    work.take_turn("users.change")  # two administrators who shut each other out would leave none
    row = row_of(work.session, name)
    org = org or row.org
    before = {"role": row.role, "org": row.org, "disabled": row.disabled}
    after = {"role": role.value, "org": org, "disabled": disabled}
    if before == after:
        return _view(row)
    if row.role == Role.ADMIN and not row.disabled and (disabled or role is not Role.ADMIN):
        _require_another_admin(work.session, row.id)
    _require_unit(work.session, org)
    row.role, row.org, row.disabled, row.changed_ms = role.value, org, disabled, work.real_ms
    work.session.add(row)
    end_all(work, row.id)
    audit.record(work, "user.change", f"user:{name}", before=before, after=after)
    return _view(row)


def require_reach(role: Role, org: str, community: str) -> None:
    """Problem INVALID for an administrator of a unit in which the community does not lie: they could see nothing."""
    if role is Role.ADMIN and not covers(org, community):
        raise Problem(Code.INVALID, f"{community} does not lie in {org}.", fields={"org": "no reach"})


def _require_unit(session: Session, org: str) -> None:
    unit = session.get(OrgUnitRow, org)
    if unit is None or unit.ended_ms is not None:
        raise Problem(Code.INVALID, f"There is no unit {org}.", fields={"org": "unknown"})


def _require_another_admin(session: Session, user_id: str) -> None:
    others = select(UserRow.id).where(UserRow.role == Role.ADMIN.value, col(UserRow.disabled).is_(False))
    if session.exec(others.where(UserRow.id != user_id).limit(1)).first() is None:
        raise Problem(Code.IN_USE, "The last admin stays: nobody could make another.")


def reset_second_factor(work: Work, name: str, why: str) -> str:
    """Somebody lost telephone and codes: the password is enough again until they set up another. Their id.

    All sessions of the user end. Problem INVALID without a reason.
    """
    row = row_of(work.session, name)
    second_factor.reset(work, row, why)
    return row.id


def recover(work: Work, passwords: Passwords, name: str, why: str) -> str:
    """A way back for an administrator who lost password and second factor, at the server's own terminal.

    A new one-time password; the second factor is set up anew; who was shut out may come in. Problem NOT_FOUND; INVALID
    without a reason, or for somebody who is no administrator: an administrator helps them on the page.
    """
    row = row_of(work.session, name)
    if row.role != Role.ADMIN:
        raise Problem(Code.INVALID, f"{name} is no administrator; one of them helps on the page.")
    second_factor.reset(work, row, why)
    password = reset_password(work, passwords, name)
    was, row.disabled = row.disabled, False
    work.session.add(row)
    audit.record(work, "user.recover", f"user:{name}", before={"disabled": was}, after={"disabled": False}, why=why)
    return password


def listing(session: Session) -> list[UserView]:
    """All users by name."""
    apps = session.exec(select(TotpRow.user_id).where(col(TotpRow.active).is_(True)))
    second = {*apps, *session.exec(select(PasskeyRow.user_id))}
    rows = session.exec(select(UserRow).order_by(col(UserRow.name)))
    return [_view(row).model_copy(update={"second_factor": row.id in second}) for row in rows]


def row_of(session: Session, name: str) -> UserRow:
    """The row of a user; Problem NOT_FOUND."""
    row = session.exec(select(UserRow).where(UserRow.name == name)).first()
    if row is None:
        raise not_found("user", name)
    return row


def any_user(session: Session) -> bool:
    """Whether the first user has been made."""
    return session.exec(select(UserRow.id).limit(1)).first() is not None


def _view(row: UserRow) -> UserView:
    return UserView.model_validate(row.model_dump())
