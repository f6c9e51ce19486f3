"""Events as they arrived, and everything about arrivals that were not as they should be."""

from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, col

from card_protocol.words.event import Event
from card_protocol.words.moment import LOCAL_OFFSET_MINUTES, MINUTE_MS
from server.tables.base import BigId, Row

NOT_EVERYDAY = text("kind NOT IN ('tap', 'card_written', 'card_unwritten')")
"""Of events that do not come with every tap."""

NOT_GRANTED = text("reason <> 'granted'")
"""Both letter for letter as their indexes say it, with no parameter: so a planner sees that they fit."""


class EventRow(Row, table=True):
    """One raw fact, byte for byte; the columns behind `hash` are read out of `body` for searching only."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("gateway_id", "epoch", "seq"),
        Index(None, "point", "id"),
        Index(None, "card_id", "id"),
        Index(None, "kind", "id"),
        Index("ix_event_rare", "gateway_id", "id", sqlite_where=NOT_EVERYDAY, postgresql_where=NOT_EVERYDAY),
        Index("ix_event_rare_wall_ms", "wall_ms", sqlite_where=NOT_EVERYDAY, postgresql_where=NOT_EVERYDAY),
        Index("ix_event_refused", "reason", "id", sqlite_where=NOT_GRANTED, postgresql_where=NOT_GRANTED),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    """In the order of arrival; keyset pages and the live stream go by it."""
    gateway_id: str = Field(max_length=63)
    epoch: str = Field(max_length=16)
    seq: int = Field(sa_type=BigInteger)
    body: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)
    kind: str = Field(max_length=32)
    point: str | None = Field(default=None, max_length=63)
    card_id: str | None = Field(default=None, max_length=26)
    holder: str | None = Field(default=None, max_length=16)
    reason: str | None = Field(default=None, max_length=32)
    wall_ms: int = Field(sa_type=BigInteger, index=True)
    clock: str = Field(max_length=8)
    received_ms: int = Field(sa_type=BigInteger)


class PositionRow(Row, table=True):
    """How far a journal file has arrived without a gap. Zeros as `head_hash` before seq 1."""

    __tablename__ = "intake_position"
    gateway_id: str = Field(primary_key=True, max_length=63)
    epoch: str = Field(primary_key=True, max_length=16)
    watermark: int = Field(sa_type=BigInteger)
    head_hash: str = Field(max_length=64)
    changed_ms: int = Field(sa_type=BigInteger)


class DeadLetterRow(Row, table=True):
    """A chained event whose body is no event: kept with its bytes; the watermark has moved over it."""

    __tablename__ = "dead_letter"
    gateway_id: str = Field(primary_key=True, max_length=63)
    epoch: str = Field(primary_key=True, max_length=16)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    body: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)
    problem: str
    received_ms: int = Field(sa_type=BigInteger)


class QuarantineRow(Row, table=True):
    """A second event under a key that we hold already: somebody has written history twice."""

    __tablename__ = "quarantine"
    gateway_id: str = Field(primary_key=True, max_length=63)
    epoch: str = Field(primary_key=True, max_length=16)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    hash: str = Field(primary_key=True, max_length=64)
    known_hash: str = Field(max_length=64)
    body: bytes = Field(sa_type=LargeBinary)
    received_ms: int = Field(sa_type=BigInteger)


class HoleRow(Row, table=True):
    """Numbers of a journal over which the watermark moved without an event, and why."""

    __tablename__ = "hole"
    gateway_id: str = Field(primary_key=True, max_length=63)
    epoch: str = Field(primary_key=True, max_length=16)
    first_seq: int = Field(primary_key=True, sa_type=BigInteger)
    last_seq: int = Field(sa_type=BigInteger)
    why: str = Field(max_length=32)
    at_ms: int = Field(sa_type=BigInteger)


class RefusedMessageRow(Row, table=True):
    """A message that is no batch, is forged, or speaks for another gateway; the newest few thousand are kept."""

    __tablename__ = "refused_message"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    topic: str = Field(max_length=200)
    gateway_id: str | None = Field(default=None, max_length=63)
    trust: bool
    problem: str
    size_bytes: int
    head: bytes = Field(sa_type=LargeBinary)
    """The first bytes of it, for a person to look at."""
    received_ms: int = Field(sa_type=BigInteger)


class AlarmRow(Row, table=True):
    """Something that a guard must see; stands until somebody has acknowledged it."""

    __tablename__ = "alarm"
    id: str = Field(primary_key=True, max_length=26)
    kind: str = Field(index=True, max_length=32)
    gateway_id: str | None = Field(default=None, max_length=63)
    point: str | None = Field(default=None, max_length=63)
    card_id: str | None = Field(default=None, max_length=26)
    event_id: int | None = Field(default=None, sa_type=BigInteger)
    at_ms: int = Field(sa_type=BigInteger)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    acknowledged_ms: int | None = Field(default=None, sa_type=BigInteger, index=True)
    acknowledged_by: str | None = Field(default=None, max_length=63)
    note: str = Field(default="", max_length=500)
    forwarded_ms: int | None = Field(default=None, sa_type=BigInteger)
    forwarded_by: str | None = Field(default=None, max_length=63)


def local_hour() -> ColumnElement[int]:
    """The hour of the local day in which an event happened [0–23]."""
    return ((col(EventRow.wall_ms) // MINUTE_MS + LOCAL_OFFSET_MINUTES) // 60) % 24


def to_event(row: EventRow) -> Event:
    """The word, from the exact bytes and not from the search columns."""
    return Event.from_bytes(row.body)
