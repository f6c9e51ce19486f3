"""Purses: what was told of each transaction, and what is added to somebody's meals."""

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from server.tables.base import BigId, Row


class PurseEntryRow(Row, table=True):
    """One transaction of a purse as it was reported (server.services.purses.purse_books.Told). Amounts in fen."""

    __tablename__ = "purse_entry"
    __table_args__ = (
        UniqueConstraint("card_id", "issued_ms", "point", "point_seq", "before"),
        Index(None, "point", "at_ms"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    card_id: str = Field(max_length=26)
    issued_ms: int = Field(sa_type=BigInteger)
    """Of the card at that time: one that is issued again has a new purse."""
    holder_id: str | None = Field(default=None, index=True, max_length=26)
    """Whose card it was."""
    point: str = Field(max_length=63)
    """The point that took it, or the desk that paid it in."""
    gateway_id: str | None = Field(default=None, max_length=63)
    """None for a desk."""
    point_seq: int = Field(sa_type=BigInteger)
    amount: int
    """A payment is negative."""
    subsidy: int = 0
    """What of the amount is added to meals (server.services.purses.subsidy_terms)."""
    before: int = Field(sa_type=BigInteger)
    """The purse's counter before it."""
    value: int | None = None
    state: str = Field(max_length=16)
    proof: str = Field(max_length=8)
    at_ms: int = Field(index=True, sa_type=BigInteger)
    heard_ms: int = Field(sa_type=BigInteger)
    minute: int = Field(sa_type=BigInteger)
    """Minutes since 1970 UTC, as in the card's log."""
    actor: str = Field(default="", max_length=80)


class SubsidyRow(Row, table=True):
    """What somebody gets added to meals, from one local day to another."""

    __tablename__ = "subsidy"
    id: str = Field(primary_key=True, max_length=26)
    holder_id: str = Field(foreign_key="holder.id", index=True, ondelete="CASCADE", max_length=26)
    per_meal: int
    day_limit: int
    first: str = Field(max_length=10)
    last: str | None = Field(default=None, max_length=10)


class PurseMoveRow(Row, table=True):
    """What a lost card held went to another one, or is on its way. The key keeps it from going twice."""

    __tablename__ = "purse_move"
    card_id: str = Field(primary_key=True, max_length=26)
    issued_ms: int = Field(primary_key=True, sa_type=BigInteger)
    """Of the lost card: one that is issued again has another purse."""
    to_card_id: str = Field(max_length=26)
    entry_id: int = Field(sa_type=BigInteger)
    """The top-up of the other card (purse_entry)."""
    at_ms: int = Field(sa_type=BigInteger)
    actor: str = Field(default="", max_length=80)
    why: str = Field(default="", max_length=200)
    """Why it moved although something stood open."""
