"""Notices: what is said where and until when, who gets them by mail, and the mails on their way."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field

from server.tables.base import Row


class NoticeRow(Row, table=True):
    """One notice. Withdrawn ones stay: somebody may ask what hung there."""

    __tablename__ = "notice"
    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    zh: str = Field(max_length=60)
    en: str = Field(max_length=120)
    points: list[Any] = Field(default_factory=list, sa_type=JSON)
    from_ms: int = Field(sa_type=BigInteger)
    to_ms: int = Field(index=True, sa_type=BigInteger)
    by_mail: bool = False
    withdrawn_ms: int | None = Field(default=None, sa_type=BigInteger)
    why: str = Field(default="", max_length=200)
    made_by: str = Field(max_length=80)
    made_ms: int = Field(sa_type=BigInteger)
    changed_ms: int = Field(sa_type=BigInteger)


class NoticeReaderRow(Row, table=True):
    """Somebody who asked to get notices by mail."""

    __tablename__ = "notice_reader"
    address: str = Field(primary_key=True, max_length=254)
    name: str = Field(default="", max_length=100)
    since_ms: int = Field(sa_type=BigInteger)
    entered_by: str = Field(max_length=80)


class NoticeMailRow(Row, table=True):
    """One mail to one reader."""

    __tablename__ = "notice_mail"
    __table_args__ = (Index(None, "state", "due_ms"),)
    id: str = Field(primary_key=True, max_length=26)
    number: int = Field(foreign_key="notice.number", index=True, sa_type=BigInteger)
    withdrawal: bool = False
    """It says that the notice does not hold any more."""
    address: str = Field(max_length=254)
    state: str = Field(max_length=16)
    tries: int = 0
    due_ms: int = Field(sa_type=BigInteger)
    created_ms: int = Field(sa_type=BigInteger)
    done_ms: int | None = Field(default=None, sa_type=BigInteger)
    problem: str = Field(default="", max_length=200)
