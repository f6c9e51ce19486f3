"""Who may use the server: people, their sessions, tokens of programs, and the trail that they leave."""

from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from server.tables.base import BigId, Row


class UserRow(Row, table=True):
    """A person with a password (argon2id)."""

    __tablename__ = "user_account"
    id: str = Field(primary_key=True, max_length=26)
    name: str = Field(unique=True, max_length=63)
    org: str = Field(foreign_key="org_unit.code", max_length=12)
    role: str = Field(max_length=16)
    password_hash: str = Field(max_length=200)
    must_change: bool
    failures: int = 0
    locked_until_ms: int = Field(default=0, sa_type=BigInteger)
    disabled: bool = False
    created_ms: int = Field(sa_type=BigInteger)
    changed_ms: int = Field(sa_type=BigInteger)


class SessionRow(Row, table=True):
    """A browser that is logged in. The cookie's secret is not here, only its SHA-256."""

    __tablename__ = "user_session"
    token_hash: str = Field(primary_key=True, max_length=64)
    user_id: str = Field(foreign_key="user_account.id", index=True, ondelete="CASCADE", max_length=26)
    created_ms: int = Field(sa_type=BigInteger)
    seen_ms: int = Field(sa_type=BigInteger)
    expires_ms: int = Field(sa_type=BigInteger)
    by: str = Field(default="password", max_length=32)
    """What it was opened with."""
    agent: str = Field(default="", max_length=200)
    """What the browser called itself."""


class TokenRow(Row, table=True):
    """A program's bearer token: a desk, or a script with the rights of a role."""

    __tablename__ = "api_token"
    id: str = Field(primary_key=True, max_length=26)
    name: str = Field(unique=True, max_length=63)
    role: str = Field(max_length=16)
    org: str | None = Field(default=None, foreign_key="org_unit.code", max_length=12)
    """Whose program it is; None: the community's own."""
    scopes: list[Any] | None = Field(default=None, sa_type=JSON)
    """Permissions, of those that the role has; None: all of them."""
    token_hash: str = Field(unique=True, max_length=64)
    created_ms: int = Field(sa_type=BigInteger)
    used_ms: int = Field(default=0, sa_type=BigInteger)
    expires_ms: int | None = Field(default=None, sa_type=BigInteger)
    revoked_ms: int | None = Field(default=None, sa_type=BigInteger)


class AuditRow(Row, table=True):
    """Who did what to what, before, after and why; each line hashes the one before it."""

    __tablename__ = "audit"
    id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    at_ms: int = Field(sa_type=BigInteger)
    actor: str = Field(max_length=80)
    action: str = Field(index=True, max_length=40)
    subject: str = Field(index=True, max_length=120)
    before: str
    after: str
    why: str = Field(max_length=500)
    hash: str = Field(max_length=64)
