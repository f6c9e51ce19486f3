"""Requests that were carried out once, and what was answered."""

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field

from server.tables.base import Row


class OnceRow(Row, table=True):
    """One Idempotency-Key of one caller. Without a status its request is under way, or its server died in it."""

    __tablename__ = "request_once"
    caller: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=255)
    fingerprint: str = Field(max_length=64)
    created_ms: int = Field(index=True, sa_type=BigInteger)
    status: int | None = None
    media_type: str = Field(default="", max_length=100)
    location: str = Field(default="", max_length=500)
    body: bytes | None = Field(default=None, sa_type=LargeBinary)
