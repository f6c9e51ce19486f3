"""Property: tickets with their threads, parking permits, passes of contractors."""

from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from server.tables.base import Row


class TicketRow(Row, table=True):
    """A repair, or a talk about a house."""

    __tablename__ = "ticket"
    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(max_length=8)
    title: str = Field(max_length=120)
    house: str = Field(index=True, max_length=100)
    state: str = Field(index=True, max_length=16)
    assignee: str = Field(default="", max_length=80)
    opened_by: str = Field(max_length=80)
    opened_ms: int = Field(sa_type=BigInteger)
    changed_ms: int = Field(sa_type=BigInteger)
    turn: int = 0
    """How many messages it has."""


class TicketMessageRow(Row, table=True):
    """One message of a ticket's thread, and which parties may read it; never changed afterwards."""

    __tablename__ = "ticket_message"
    number: int = Field(primary_key=True, foreign_key="ticket.number", sa_type=BigInteger)
    turn: int = Field(primary_key=True)
    at_ms: int = Field(sa_type=BigInteger)
    actor: str = Field(max_length=80)
    party: str = Field(max_length=16)
    """Who speaks: a resident's words are written down by the community."""
    audience: list[Any] = Field(default_factory=list, sa_type=JSON)
    step: str = Field(default="", max_length=16)
    """What was done to the ticket with it."""
    text: str = Field(max_length=1000)


class ParkingPermitRow(Row, table=True):
    """A car that may stand in the compound, from one day to another."""

    __tablename__ = "parking_permit"
    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    plate: str = Field(index=True, max_length=10)
    house: str = Field(max_length=100)
    place: str = Field(default="", max_length=20)
    from_day: str = Field(max_length=10)
    to_day: str = Field(max_length=10)
    made_by: str = Field(max_length=80)
    made_ms: int = Field(sa_type=BigInteger)


class PassRow(Row, table=True):
    """A contractor's pass: a person, the doors and the days; the card is given at the desk."""

    __tablename__ = "contractor_pass"
    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    holder_id: str | None = Field(default=None, foreign_key="holder.id", ondelete="SET NULL", max_length=26)
    name: str = Field(max_length=100)
    company: str = Field(max_length=60)
    level_id: str = Field(max_length=63)
    from_day: str = Field(max_length=10)
    to_day: str = Field(max_length=10)
    ticket: int | None = Field(default=None, sa_type=BigInteger)
    made_by: str = Field(max_length=80)
    made_ms: int = Field(sa_type=BigInteger)
