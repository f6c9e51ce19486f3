"""Policies as they were published, and the pieces that gateways fetch by their digest."""

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlmodel import Field

from server.tables.base import Row


class PolicyVersionRow(Row, table=True):
    """One published policy of one gateway. `content_sha256` is of what it says, without version and times."""

    __tablename__ = "policy_version"
    gateway_id: str = Field(primary_key=True, foreign_key="gateway.id", max_length=63)
    version: int = Field(primary_key=True, sa_type=BigInteger)
    content_sha256: str = Field(max_length=64)
    rev_seq: int = Field(sa_type=BigInteger)
    cards_seq: int = Field(default=0, sa_type=BigInteger)
    """The state of the cards that it offers."""
    issued_ms: int = Field(sa_type=BigInteger)
    expires_ms: int = Field(sa_type=BigInteger)
    manifest: bytes = Field(sa_type=LargeBinary)
    """The sealed manifest as it goes out, retained."""
    past: str | None = Field(default=None, max_length=64)
    """Its rules among those that are kept (`policy_past`); None for a version from before they were."""


class PolicyPastRow(Row, table=True):
    """Rules as they once stood, for deciding a past tap again: a head without version, times and cards."""

    __tablename__ = "policy_past"
    sha256: str = Field(primary_key=True, max_length=64)
    head: bytes = Field(sa_type=LargeBinary)


class CardPastRow(Row, table=True):
    """A card as gateways knew it from one change to the next; `entry` None while they knew nothing of it."""

    __tablename__ = "card_past"
    card_id: str = Field(primary_key=True, max_length=26)
    changed_seq: int = Field(primary_key=True, sa_type=BigInteger)
    entry: bytes | None = Field(default=None, sa_type=LargeBinary)
    until_ms: int = Field(index=True, sa_type=BigInteger)
    """When it changed again."""


class BlobRow(Row, table=True):
    """Bytes that a manifest or an index names: a head (of one gateway), an index, a bucket or a delta of cards."""

    __tablename__ = "policy_blob"
    sha256: str = Field(primary_key=True, max_length=64)
    org: str = Field(foreign_key="org_unit.code", max_length=12)
    gateway_id: str | None = Field(default=None, max_length=63)
    """Whose head it is; None for what all gateways of the community may have."""
    kind: str = Field(index=True, max_length=8)
    data: bytes = Field(sa_type=LargeBinary)
    made_ms: int = Field(sa_type=BigInteger)


class CardsBaseRow(Row, table=True):
    """An index of all cards of a community at one state; the newest few are kept, deltas lead on from each."""

    __tablename__ = "cards_base"
    org: str = Field(primary_key=True, foreign_key="org_unit.code", max_length=12)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    sha256: str = Field(max_length=64)
    size_bytes: int
    cards: int
    made_ms: int = Field(sa_type=BigInteger)


class CardGoneRow(Row, table=True):
    """A card that gateways may have heard of and that has no row any more."""

    __tablename__ = "card_gone"
    __table_args__ = (Index(None, "org", "changed_seq"),)
    card_id: str = Field(primary_key=True, max_length=26)
    org: str = Field(foreign_key="org_unit.code", max_length=12)
    changed_seq: int = Field(sa_type=BigInteger)
