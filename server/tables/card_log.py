"""What is known of the transactions on each card."""

from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from server.tables.base import Row


class CardLogRow(Row, table=True):
    """The transaction counter of one card as it was reported (card_protocol.profiles.transaction_gaps)."""

    __tablename__ = "card_log"
    card_id: str = Field(primary_key=True, foreign_key="card.id", ondelete="CASCADE", max_length=26)
    issued_ms: int = Field(default=0, sa_type=BigInteger)
    """Of the card when this was begun: one that is issued again counts anew."""
    complete: int = Field(default=0, sa_type=BigInteger)
    """Up to here every transaction was reported, is explained by a torn write, or was told to a guard."""
    reported: list[int] = Field(default_factory=list, sa_type=JSON)
    """Counters above it, rising."""
    torn: int = Field(default=0)
    """Writes that did not finish and may have counted: so many missing numbers are explained."""
    missing: list[Any] = Field(default_factory=list, sa_type=JSON)
    """[first, last] of what a guard was told about; a report that comes late after all is taken out."""
    gap_since_ms: int | None = Field(default=None, sa_type=BigInteger)
    renew_after_ms: int = Field(default=0, sa_type=BigInteger)
    """No point renews the card before."""
