"""Rosters: who holds which post in the community, for which term."""

from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from server.tables.base import Row


class PostRow(Row, table=True):
    """Somebody in a post. A term that ended stays: the file of an incident must still say who was asked."""

    __tablename__ = "roster_post"
    id: str = Field(primary_key=True, max_length=26)
    body: str = Field(index=True, max_length=16)
    title: str = Field(max_length=60)
    name: str = Field(max_length=100)
    user_name: str = Field(default="", max_length=63)
    """The user that they sign in as, if they do."""
    area: str = Field(default="", max_length=40)
    """The houses that are theirs, by the beginning of their code: 3, 3-1; empty for all."""
    matters: list[Any] = Field(default_factory=list, sa_type=JSON)
    from_day: str = Field(max_length=10)
    """ISO 8601."""
    to_day: str | None = Field(default=None, max_length=10)
    """The last day of the term; None: open."""
    changed_ms: int = Field(sa_type=BigInteger)
