"""What people are found by."""

from sqlalchemy import Column, Index, String
from sqlmodel import Field

from server.tables.base import Row

KEY_CHARS = 32

ByCode = String(KEY_CHARS).with_variant(String(KEY_CHARS, collation="C"), "postgresql")
"""Ordered by code point on both data bases: beginnings are looked up as ranges."""


class HolderKeyRow(Row, table=True):
    """One key of a person (server.services.people.name_keys)."""

    __tablename__ = "holder_key"
    __table_args__ = (Index(None, "holder_id", "key"),)
    key: str = Field(sa_column=Column(ByCode, primary_key=True))
    holder_id: str = Field(primary_key=True, foreign_key="holder.id", ondelete="CASCADE", max_length=26)
