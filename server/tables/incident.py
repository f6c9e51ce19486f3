"""Incidents: what stands, every step that led there, and what they were made of."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Index, LargeBinary
from sqlmodel import Field

from server.tables.base import Row

TITLE_MAX_CHARS = 120
TEXT_MAX_CHARS = 1000


class IncidentRow(Row, table=True):
    """An incident as it stands (server.services.incidents.incident_life.Incident), and what it is about."""

    __tablename__ = "incident"
    __table_args__ = (Index(None, "state", "due_ms"), Index(None, "unit", "state"), Index(None, "point", "state"))
    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    matter: str = Field(max_length=16)
    title: str = Field(max_length=TITLE_MAX_CHARS)
    text: str = Field(default="", max_length=TEXT_MAX_CHARS)
    point: str | None = Field(default=None, max_length=63)
    house: str = Field(default="", max_length=100)
    holder_id: str | None = Field(default=None, foreign_key="holder.id", ondelete="SET NULL", max_length=26)
    """Whom it is about."""
    urgency: str = Field(max_length=8)
    state: str = Field(max_length=16)
    unit: str = Field(max_length=12)
    """Owns it. No foreign key: a unit may be dissolved, and the history names it all the same."""
    person: str = Field(default="", max_length=80)
    path: list[Any] = Field(default_factory=list, sa_type=JSON)
    done_by: list[Any] = Field(default_factory=list, sa_type=JSON)
    due_ms: int | None = Field(default=None, sa_type=BigInteger)
    reported_by: str = Field(max_length=80)
    reported_ms: int = Field(sa_type=BigInteger)
    changed_ms: int = Field(sa_type=BigInteger)
    closed_by: str = Field(default="", max_length=80)
    merged_into: int | None = Field(default=None, sa_type=BigInteger, index=True)
    returns: int = 0
    overdue: int = 0
    late: bool = False
    """Its clock ran out where nobody is above, and that was told."""
    turn: int = 1


class IncidentStepRow(Row, table=True):
    """One step of an incident's history: what was done, and where that left it. Never changed afterwards."""

    __tablename__ = "incident_step"
    number: int = Field(primary_key=True, foreign_key="incident.number", sa_type=BigInteger)
    turn: int = Field(primary_key=True)
    at_ms: int = Field(sa_type=BigInteger)
    actor: str = Field(max_length=80)
    action: str = Field(max_length=16)
    state: str = Field(max_length=16)
    unit: str = Field(max_length=12)
    person: str = Field(default="", max_length=80)
    due_ms: int | None = Field(default=None, sa_type=BigInteger)
    why: str = Field(default="", max_length=TEXT_MAX_CHARS)


class IncidentSourceRow(Row, table=True):
    """What an incident was made of; the key keeps one alarm from becoming two incidents."""

    __tablename__ = "incident_source"
    kind: str = Field(primary_key=True, max_length=8)
    source_id: str = Field(primary_key=True, max_length=40)
    number: int = Field(foreign_key="incident.number", index=True, sa_type=BigInteger)
    at_ms: int = Field(sa_type=BigInteger)


class IncidentPhotoRow(Row, table=True):
    """A picture that came with a step: evidence, without what cameras write beside it. Never changed afterwards."""

    __tablename__ = "incident_photo"
    number: int = Field(primary_key=True, foreign_key="incident.number", sa_type=BigInteger)
    turn: int = Field(primary_key=True)
    data: bytes = Field(sa_type=LargeBinary)
