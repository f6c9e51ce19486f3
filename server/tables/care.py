"""Elderly care: who is looked after when not seen, when they are away, cases, and when gateways could not tell."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from server.tables.base import BigId, Row


class CareWatchRow(Row, table=True):
    """Somebody who wants to be asked after, and what the last look found (server.services.care.rhythm)."""

    __tablename__ = "care_watch"
    holder_id: str = Field(primary_key=True, foreign_key="holder.id", ondelete="CASCADE", max_length=26)
    contact_name: str = Field(default="", max_length=100)
    contact_phone: str = Field(default="", max_length=40)
    """Whom they named to be called; kept in full, for it is there to be dialled."""
    home_point: str | None = Field(default=None, unique=True, max_length=63)
    """The point at their door, where workers tap."""
    since_ms: int = Field(sa_type=BigInteger)
    status: str = Field(default="never", max_length=16)
    last_ms: int | None = Field(default=None, sa_type=BigInteger)
    silence_ms: int = Field(default=0, sa_type=BigInteger)
    usual_ms: int = Field(default=0, sa_type=BigInteger)
    samples: int = 0
    unknown_since_ms: int | None = Field(default=None, sa_type=BigInteger)
    """Since when a gateway among their points cannot tell."""
    looked_ms: int = Field(default=0, sa_type=BigInteger)


class CareAbsenceRow(Row, table=True):
    """Somebody is, or was, away or in hospital."""

    __tablename__ = "care_absence"
    id: str = Field(primary_key=True, max_length=26)
    holder_id: str = Field(foreign_key="holder.id", index=True, ondelete="CASCADE", max_length=26)
    kind: str = Field(max_length=16)
    from_ms: int = Field(sa_type=BigInteger)
    to_ms: int | None = Field(default=None, sa_type=BigInteger)
    """None until somebody says that it is over."""


class CareCaseRow(Row, table=True):
    """Somebody was not seen (server.services.care.care_case)."""

    __tablename__ = "care_case"
    id: str = Field(primary_key=True, max_length=26)
    holder_id: str = Field(foreign_key="holder.id", index=True, ondelete="CASCADE", max_length=26)
    stage: str = Field(index=True, max_length=16)
    due_ms: int | None = Field(default=None, sa_type=BigInteger)
    opened_ms: int = Field(sa_type=BigInteger)
    opened_by: str = Field(default="", max_length=80)
    """Empty: the look opened it."""
    last_ms: int | None = Field(default=None, sa_type=BigInteger)
    silence_ms: int = Field(default=0, sa_type=BigInteger)
    usual_ms: int = Field(default=0, sa_type=BigInteger)
    outcome: str | None = Field(default=None, max_length=16)
    closed_ms: int | None = Field(default=None, index=True, sa_type=BigInteger)


class CareStepRow(Row, table=True):
    """One thing that happened with a case; never changed."""

    __tablename__ = "care_step"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    case_id: str = Field(foreign_key="care_case.id", index=True, ondelete="CASCADE", max_length=26)
    at_ms: int = Field(sa_type=BigInteger)
    deed: str = Field(max_length=16)
    stage: str = Field(max_length=16)
    """The stage after it."""
    actor: str = Field(default="", max_length=80)
    note: str = Field(default="", max_length=500)


class CareTallyRow(Row, table=True):
    """How many cases ended how on a local day, of people who were forgotten since (server.services.care.care_tally)."""

    __tablename__ = "care_tally"
    day: str = Field(primary_key=True, max_length=10)
    outcome: str = Field(primary_key=True, max_length=16)
    number: int


class GatewayOutageRow(Row, table=True):
    """When a gateway could not tell what happened at its points."""

    __tablename__ = "gateway_outage"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    gateway_id: str = Field(index=True, max_length=63)
    from_ms: int = Field(sa_type=BigInteger)
    to_ms: int | None = Field(default=None, index=True, sa_type=BigInteger)
    boot: str = Field(default="", max_length=64)
    """Of the box when it began."""
    healed: bool = False
    """It went on seeing all the while, and has told everything since: nothing is unknown of that time."""
