"""Visitors' passes."""

from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from server.tables.base import Row


class VisitorPassRow(Row, table=True):
    """Who visits whom, which doors, which hours, how often. Gateways know it as a card without a chip."""

    __tablename__ = "visitor_pass"
    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    holder_id: str | None = Field(default=None, foreign_key="holder.id", ondelete="SET NULL", max_length=26)
    card_id: str | None = Field(default=None, foreign_key="card.id", index=True, ondelete="SET NULL", max_length=26)
    name: str = Field(max_length=100)
    host: str = Field(default="", max_length=100)
    """The house that is visited."""
    points: list[Any] = Field(default_factory=list, sa_type=JSON)
    level_id: str = Field(max_length=63)
    uses: int
    let_in: int = 0
    """How often the gate house has let in by the code; gateways count for themselves."""
    from_ms: int = Field(sa_type=BigInteger)
    to_ms: int = Field(index=True, sa_type=BigInteger)
    link: str = Field(unique=True, max_length=64)
    """What the visitor's own page is found by: whoever has it has the pass."""
    ended_ms: int | None = Field(default=None, sa_type=BigInteger)
    ended_why: str = Field(default="", max_length=200)
    made_by: str = Field(max_length=80)
    made_ms: int = Field(sa_type=BigInteger)
