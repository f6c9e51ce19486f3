"""Gateways: who they are, what they last said, and the revocations that they must hear."""

from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from server.tables.base import Row


class GatewayRow(Row, table=True):
    """A box in the community. Without `signing_key` it is a claim that nobody has used yet."""

    __tablename__ = "gateway"
    id: str = Field(primary_key=True, max_length=63)
    org: str = Field(foreign_key="org_unit.code", index=True, max_length=12)
    place: str = Field(default="", max_length=100)
    signing_key: str | None = Field(default=None, max_length=64)
    box_key: str | None = Field(default=None, max_length=64)
    claim_hash: str | None = Field(default=None, max_length=64)
    claim_expires_ms: int | None = Field(default=None, sa_type=BigInteger)
    claim_used_ms: int | None = Field(default=None, sa_type=BigInteger)
    tls_key: str | None = Field(default=None, max_length=256)
    """The key of its certificates (SubjectPublicKeyInfo, hex): they are renewed for no other."""
    asks: str | None = Field(default=None, max_length=4096)
    """What a box with the claim has sent, until an operator confirms its mark (EnrolRequest without the claim)."""
    asks_ms: int | None = Field(default=None, sa_type=BigInteger)
    enrolled_ms: int | None = Field(default=None, sa_type=BigInteger)
    revoked_ms: int | None = Field(default=None, sa_type=BigInteger)
    gone_ms: int | None = Field(default=None, sa_type=BigInteger)
    """Since when it is known that the box which was shut out opens nothing any more: it was taken down."""
    # what it last said of itself (card_protocol.wire.state)
    online: bool = False
    boot: str = Field(default="", max_length=64)
    state_at_ms: int = Field(default=0, sa_type=BigInteger)
    epoch: str = Field(default="", max_length=16)
    head_seq: int = Field(default=0, sa_type=BigInteger)
    acked_seq: int = Field(default=0, sa_type=BigInteger)
    policy_version: int = Field(default=0, sa_type=BigInteger)
    rev_seq: int = Field(default=0, sa_type=BigInteger)
    run: int = Field(default=0, sa_type=BigInteger)
    turn: int = Field(default=0, sa_type=BigInteger)
    held: list[Any] = Field(default_factory=list, sa_type=JSON)
    """Points that it says stand open by command."""
    lockdowns: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Area -> the level that it says is in force."""
    keys_oldest: int = 0
    keys_newest: int = 0
    keys_until_ms: int = Field(default=0, sa_type=BigInteger)
    # what we saw of it
    seen_ms: int = Field(default=0, sa_type=BigInteger)
    offline_since_ms: int | None = Field(default=None, sa_type=BigInteger)


class RevocationRow(Row, table=True):
    """A card left the circle of those that open doors; `rev_seq` only rises and has no holes."""

    __tablename__ = "revocation"
    rev_seq: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    card_id: str = Field(foreign_key="card.id", index=True, max_length=26)
    state: str = Field(max_length=16)
    at_ms: int = Field(sa_type=BigInteger)
    expires_ms: int = Field(sa_type=BigInteger)


class RevocationAppliedRow(Row, table=True):
    """When a gateway said for the first time that it has applied everything up to a revocation."""

    __tablename__ = "revocation_applied"
    gateway_id: str = Field(primary_key=True, foreign_key="gateway.id", max_length=63)
    rev_seq: int = Field(primary_key=True, sa_type=BigInteger)
    at_ms: int = Field(sa_type=BigInteger)


class KeyVersionsRow(Row, table=True):
    """The key versions that a community's doors accept: one, or two while cards are changed over."""

    __tablename__ = "key_versions"
    community: str = Field(primary_key=True, max_length=12)
    oldest: int
    newest: int
    at_once: bool = False
    changed_ms: int = Field(sa_type=BigInteger)


class CounterRow(Row, table=True):
    """A number that only rises. Whoever takes the next one holds the row until the end of the transaction."""

    __tablename__ = "counter"
    name: str = Field(primary_key=True, max_length=32)
    value: int = Field(default=0, sa_type=BigInteger)
