"""Answers of statistics that take long in a large town."""

from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from server.tables.base import Row


class KeptAnswerRow(Row, table=True):
    """An answer as it was when it was worked out (server.services.statistics.kept)."""

    __tablename__ = "kept_answer"
    question: str = Field(primary_key=True, max_length=16)
    days: int = Field(primary_key=True)
    at_ms: int = Field(sa_type=BigInteger)
    lines: list[Any] = Field(sa_type=JSON)
