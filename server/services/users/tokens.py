"""Bearer tokens of programs: a desk agent, a script with rights of a role in a unit. Only their SHA-256 is stored.

A token may have scopes: some of the permissions of its role, and no others. Like a user, it belongs to a unit, and for
one whose unit does not hold this community nothing here exists.
"""

from collections.abc import Collection

from pydantic import BaseModel
from sqlmodel import Session, col, select

from card_protocol.words.division import covers
from card_protocol.words.ids import is_slug
from server.services import audit
from server.services.problems import Code, Problem, not_found
from server.services.roles import ALLOWED, Permission, Role
from server.services.users.sessions import token_hash
from server.services.work import Actor, Transactions, Work
from server.tables import OrgUnitRow, TokenRow

PREFIX = "oc_"
"""So that secret scanners can find one in a file where it should not be."""
TOKEN_BYTES = 32


class TokenView(BaseModel):
    """A token without its secret."""

    id: str
    name: str
    role: Role
    org: str | None
    """Its unit; None: the community itself."""
    scopes: list[Permission] | None
    """None: all that the role may."""
    created_ms: int
    expires_ms: int | None
    revoked_ms: int | None


def add(
    work: Work,
    name: str,
    role: Role,
    *,
    org: str | None = None,
    scopes: Collection[Permission] | None = None,
    expires_ms: int | None = None,
) -> tuple[TokenView, str]:
    """Make a token; the second value is the secret, shown once. An older one of the same name is replaced.

    Problem INVALID for a unit that is not there, and for scopes that the role does not have.
    """
    if not is_slug(name):
        raise Problem(Code.INVALID, f"{name!r} is no name: lower-case letters, digits and dashes.")
    if role is Role.SYSTEM:
        raise Problem(Code.INVALID, "No token carries the rights of the server itself.")
    if org is not None and ((unit := work.session.get(OrgUnitRow, org)) is None or unit.ended_ms is not None):
        raise Problem(Code.INVALID, f"There is no unit {org}.", fields={"org": "unknown"})
    if scopes is not None and (not scopes or not ALLOWED[role].issuperset(scopes)):
        lacking = ", ".join(sorted(set(scopes) - ALLOWED[role])) or "nothing"
        raise Problem(Code.INVALID, f"{role} does not have: {lacking}.", fields={"scopes": "not the role's"})
    old = work.session.exec(select(TokenRow).where(TokenRow.name == name)).first()
    if old is not None:
        work.session.delete(old)
        work.session.flush()
    secret = PREFIX + work.entropy(TOKEN_BYTES).hex()
    row = TokenRow(
        id=work.new_id(),
        name=name,
        role=role.value,
        org=org,
        scopes=None if scopes is None else sorted(scopes),
        token_hash=token_hash(secret),
        created_ms=work.real_ms,
        expires_ms=expires_ms,
    )
    work.session.add(row)
    told = {"role": role, "org": org, "scopes": row.scopes, "expires_ms": expires_ms, "replaced": old is not None}
    audit.record(work, "token.add", f"token:{name}", after=told)
    return _view(row), secret


def revoke(work: Work, name: str) -> None:
    """End a token; Problem NOT_FOUND."""
    row = work.session.exec(select(TokenRow).where(TokenRow.name == name)).first()
    if row is None:
        raise not_found("token", name)
    row.revoked_ms = work.real_ms
    work.session.add(row)
    audit.record(work, "token.revoke", f"token:{name}")


def who(transactions: Transactions, secret: str) -> Actor | None:
    """Whose token it is; None when it is none, has expired or was revoked."""
    if not secret.startswith(PREFIX):
        return None
    now = transactions.real_clock()
    with transactions.read() as session:
        row = session.exec(select(TokenRow).where(TokenRow.token_hash == token_hash(secret))).first()
    if row is None or row.revoked_ms is not None or (row.expires_ms is not None and now >= row.expires_ms):
        return None
    name = f"{'desk' if row.role == Role.DESK else 'token'}:{row.name}"
    return Actor(name, row.role, unit=row.org, scopes=None if row.scopes is None else frozenset(row.scopes))


def in_reach(actor: Actor, community: str) -> bool:
    """Whether the community lies in the unit of a program."""
    return actor.unit is None or covers(actor.unit, community)


def listing(session: Session) -> list[TokenView]:
    """All tokens by name."""
    return [_view(row) for row in session.exec(select(TokenRow).order_by(col(TokenRow.name)))]


def _view(row: TokenRow) -> TokenView:
    return TokenView.model_validate(row.model_dump())
