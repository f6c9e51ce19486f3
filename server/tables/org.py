"""Org units and the people in them."""

from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from server.tables.base import Row


class OrgUnitRow(Row, table=True):
    """A city, district, street or community by its 12-digit division code."""

    __tablename__ = "org_unit"
    code: str = Field(primary_key=True, max_length=12)
    level: str = Field(max_length=16)
    name_zh: str = Field(max_length=100)
    name_en: str = Field(max_length=100)
    parent: str | None = Field(default=None, foreign_key="org_unit.code", max_length=12)
    ended_ms: int | None = Field(default=None, sa_type=BigInteger)
    """When it was dissolved; its name stays for what it did."""


class HolderRow(Row, table=True):
    """A person who may hold a card. Gateways know the pseudonym alone (PIPL, design § 7)."""

    __tablename__ = "holder"
    id: str = Field(primary_key=True, max_length=26)
    pseudonym: str = Field(unique=True, max_length=16)
    org: str = Field(foreign_key="org_unit.code", index=True, max_length=12)
    kind: str = Field(max_length=16)
    name: str = Field(index=True, max_length=100)
    house: str = Field(index=True, max_length=100)
    phone_tail: str = Field(max_length=4)
    id_mark: str | None = Field(default=None, index=True, max_length=64)
    """Of the identity number (Keystore.mark_of): tells that two are the same, never what it is."""
    tags: list[Any] = Field(default_factory=list, sa_type=JSON)
    created_ms: int = Field(sa_type=BigInteger)
    changed_ms: int = Field(sa_type=BigInteger)
    moved_ms: int | None = Field(default=None, sa_type=BigInteger)
    """When they moved out; whoever has a house again has moved back in."""
