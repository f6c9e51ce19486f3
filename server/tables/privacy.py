"""Privacy: how long each purpose keeps, the nights on which was deleted, requests of people, assessments (PIPL)."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from server.tables.base import Row

TEXT_MAX_CHARS = 2000


class RetentionRow(Row, table=True):
    """A purpose keeps for another time than the register says."""

    __tablename__ = "retention"
    aim: str = Field(primary_key=True, max_length=16)
    keep_days: int
    why: str = Field(max_length=300)
    set_by: str = Field(max_length=80)
    changed_ms: int = Field(sa_type=BigInteger)


class PrivacyNightRow(Row, table=True):
    """A night on which everything whose time was over was deleted. What and how many, the audit trail tells."""

    __tablename__ = "privacy_night"
    day: str = Field(primary_key=True, max_length=10)
    at_ms: int = Field(sa_type=BigInteger)
    removed: int


class PrivacyRequestRow(Row, table=True):
    """What somebody asks about their own data (server.services.privacy.request_life)."""

    __tablename__ = "privacy_request"
    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(max_length=16)
    holder_id: str | None = Field(default=None, foreign_key="holder.id", index=True, ondelete="SET NULL", max_length=26)
    name: str = Field(max_length=100)
    """As they said it; stays when their entry is gone."""
    way: str = Field(max_length=16)
    text: str = Field(default="", max_length=TEXT_MAX_CHARS)
    state: str = Field(index=True, max_length=16)
    handler: str = Field(default="", max_length=80)
    asked_ms: int = Field(sa_type=BigInteger)
    due_ms: int = Field(sa_type=BigInteger)
    closed_ms: int | None = Field(default=None, sa_type=BigInteger)
    turn: int = 0


class PrivacyStepRow(Row, table=True):
    """One step of a request; never changed afterwards."""

    __tablename__ = "privacy_step"
    number: int = Field(primary_key=True, foreign_key="privacy_request.number", sa_type=BigInteger, ondelete="CASCADE")
    turn: int = Field(primary_key=True)
    at_ms: int = Field(sa_type=BigInteger)
    actor: str = Field(max_length=80)
    step: str = Field(max_length=16)
    note: str = Field(default="", max_length=TEXT_MAX_CHARS)


class AssessmentRow(Row, table=True):
    """What processing for a purpose may do to people, and what is done about it (PIPL art. 55, 56)."""

    __tablename__ = "privacy_assessment"
    id: str = Field(primary_key=True, max_length=26)
    aim: str = Field(index=True, max_length=16)
    necessity: str = Field(max_length=TEXT_MAX_CHARS)
    risks: str = Field(max_length=TEXT_MAX_CHARS)
    measures: str = Field(max_length=TEXT_MAX_CHARS)
    verdict: str = Field(max_length=16)
    made_by: str = Field(max_length=80)
    made_ms: int = Field(sa_type=BigInteger)
    again_day: str = Field(max_length=10)
