"""The clinic: numbers of a day, and who is to come again. No diagnosis, and no field in which one could be written."""

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from server.tables.base import Row


class ClinicTicketRow(Row, table=True):
    """Somebody has come (server.services.clinic.clinic_queue.Ticket)."""

    __tablename__ = "clinic_ticket"
    __table_args__ = (UniqueConstraint("point", "day", "number"), Index(None, "day", "place"))
    id: str = Field(primary_key=True, max_length=26)
    point: str = Field(max_length=63)
    day: str = Field(max_length=10)
    number: int
    holder_id: str | None = Field(default=None, index=True, max_length=26)
    """None where nobody consented to the clinic's record: a number, and no person."""
    card_id: str | None = Field(default=None, max_length=26)
    """So that a second tap keeps the number; of who has not consented, forgotten when the visit is over."""
    place: str = Field(max_length=16)
    arrived_ms: int = Field(sa_type=BigInteger)
    since_ms: int = Field(sa_type=BigInteger)
    called_ms: int | None = Field(default=None, sa_type=BigInteger)
    inside_ms: int | None = Field(default=None, sa_type=BigInteger)
    ended_ms: int | None = Field(default=None, sa_type=BigInteger)


class ClinicRecallRow(Row, table=True):
    """Somebody is to come again on a day; `every_days`: and then again."""

    __tablename__ = "clinic_recall"
    id: str = Field(primary_key=True, max_length=26)
    holder_id: str = Field(foreign_key="holder.id", index=True, ondelete="CASCADE", max_length=26)
    kind: str = Field(max_length=16)
    due: str = Field(index=True, max_length=10)
    every_days: int | None = None
    done: str | None = Field(default=None, max_length=10)
    entered_by: str = Field(default="", max_length=80)
