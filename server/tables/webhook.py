"""Other systems that are told of what happens here, and what is on its way to them."""

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field

from server.tables.base import Row


class WebhookRow(Row, table=True):
    """An address that is told. Its secret is not here: it is derived from the keystore."""

    __tablename__ = "webhook"
    id: str = Field(primary_key=True, max_length=26)
    url: str = Field(max_length=500)
    topics: list[str] = Field(default_factory=list, sa_type=JSON)
    created_ms: int = Field(sa_type=BigInteger)
    paused_ms: int | None = Field(default=None, sa_type=BigInteger)
    """Since when its messages wait because somebody wants it so."""
    ended_ms: int | None = Field(default=None, sa_type=BigInteger)
    ended_why: str = Field(default="", max_length=200)


class DeliveryRow(Row, table=True):
    """One message to one address, until it is delivered, or dead and kept to be looked at."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index("ix_webhook_delivery_due", "state", "due_ms"),)
    id: str = Field(primary_key=True, max_length=26)
    webhook_id: str = Field(foreign_key="webhook.id", index=True, ondelete="CASCADE", max_length=26)
    topic: str = Field(max_length=40)
    body: str
    state: str = Field(max_length=12)
    tries: int = 0
    due_ms: int = Field(sa_type=BigInteger)
    created_ms: int = Field(sa_type=BigInteger)
    done_ms: int | None = Field(default=None, sa_type=BigInteger)
    problem: str = Field(default="", max_length=200)
