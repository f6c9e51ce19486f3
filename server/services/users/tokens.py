"""Bearer tokens of programs: a desk agent, a script with the rights of a role. Only their SHA-256 is stored."""

from pydantic import BaseModel
from sqlmodel import Session, col, select

from card_protocol.words.ids import is_slug
from server.services import audit
from server.services.problems import Code, Problem, not_found
from server.services.roles import Role
from server.services.users.sessions import token_hash
from server.services.work import Actor, Transactions, Work
from server.tables import TokenRow

PREFIX = "oc_"
"""So that secret scanners can find one in a file where it should not be."""
TOKEN_BYTES = 32


class TokenView(BaseModel):
    """A token without its secret."""

    id: str
    name: str
    role: Role
    created_ms: int
    expires_ms: int | None
    revoked_ms: int | None


def add(work: Work, name: str, role: Role, *, expires_ms: int | None = None) -> tuple[TokenView, str]:
    """Make a token; the second value is the secret, shown once. An older one of the same name is replaced."""
    if not is_slug(name):
        raise Problem(Code.INVALID, f"{name!r} is no name: lower-case letters, digits and dashes.")
    if role is Role.SYSTEM:
        raise Problem(Code.INVALID, "No token carries the rights of the server itself.")
    old = work.session.exec(select(TokenRow).where(TokenRow.name == name)).first()
    if old is not None:
        work.session.delete(old)
        work.session.flush()
    secret = PREFIX + work.entropy(TOKEN_BYTES).hex()
    row = TokenRow(
        id=work.new_id(),
        name=name,
        role=role.value,
        token_hash=token_hash(secret),
        created_ms=work.real_ms,
        expires_ms=expires_ms,
    )
    work.session.add(row)
    audit.record(work, "token.add", f"token:{name}", after={"role": role, "replaced": old is not None})
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
    return Actor(f"{'desk' if row.role == Role.DESK else 'token'}:{row.name}", row.role)


def listing(session: Session) -> list[TokenView]:
    """All tokens by name."""
    return [_view(row) for row in session.exec(select(TokenRow).order_by(col(TokenRow.name)))]


def _view(row: TokenRow) -> TokenView:
    return TokenView.model_validate(row.model_dump())
