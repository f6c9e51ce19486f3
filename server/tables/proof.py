"""What proves the events: the gateways' signatures under what came, and ours under what we acknowledged."""

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlmodel import Field

from server.tables.base import BigId, Row


class BatchSealRow(Row, table=True):
    """The signature under a batch that brought something new. Its payload is made again from the events."""

    __tablename__ = "batch_seal"
    __table_args__ = (Index(None, "gateway_id", "epoch", "first_seq"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    gateway_id: str = Field(max_length=63)
    epoch: str = Field(max_length=16)
    first_seq: int = Field(sa_type=BigInteger)
    last_seq: int = Field(sa_type=BigInteger)
    prev_hash: str = Field(max_length=64)
    gap_from: int | None = Field(default=None, sa_type=BigInteger)
    signature: bytes = Field(sa_type=LargeBinary)
    key: str = Field(max_length=64)
    """The gateway's Ed25519 key that it was checked with."""
    payload: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Only where the gateway spelled it otherwise than we would."""


class AckSealRow(Row, table=True):
    """Our signature under an acknowledgement that moved a watermark."""

    __tablename__ = "ack_seal"
    gateway_id: str = Field(primary_key=True, max_length=63)
    epoch: str = Field(primary_key=True, max_length=16)
    upto: int = Field(primary_key=True, sa_type=BigInteger)
    payload: bytes = Field(sa_type=LargeBinary)
    signature: bytes = Field(sa_type=LargeBinary)


class AlarmToldRow(Row, table=True):
    """An urgent event of which a guard was told before it came in its turn."""

    __tablename__ = "alarm_told"
    gateway_id: str = Field(primary_key=True, max_length=63)
    epoch: str = Field(primary_key=True, max_length=16)
    seq: int = Field(primary_key=True, sa_type=BigInteger)


class EventGoneRow(Row, table=True):
    """An event of somebody that was deleted when its time was over: its place in the chain and in its day stays."""

    __tablename__ = "event_gone"
    __table_args__ = (Index(None, "received_ms"),)
    gateway_id: str = Field(primary_key=True, max_length=63)
    epoch: str = Field(primary_key=True, max_length=16)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    event_id: int = Field(sa_type=BigInteger)
    """Its number in the order of arrival."""
    hash: bytes = Field(sa_type=LargeBinary)
    received_ms: int = Field(sa_type=BigInteger)
    at_ms: int = Field(sa_type=BigInteger)
