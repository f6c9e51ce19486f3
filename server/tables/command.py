"""Commands for gateways: the log of what was ordered, and the queue of what still has to go down."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field

from server.tables.base import Row


class CommandRow(Row, table=True):
    """One command (card_protocol.wire.command), who gave it and why, and what became of it."""

    __tablename__ = "command"
    __table_args__ = (Index(None, "gateway_id", "state"), Index(None, "gateway_id", "number"))
    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    """One counter for all gateways: for each of them it rises."""
    gateway_id: str = Field(foreign_key="gateway.id", max_length=63)
    action: str = Field(max_length=16)
    point: str | None = Field(default=None, max_length=63)
    area: str | None = Field(default=None, max_length=63)
    level: int | None = None
    why: str = Field(max_length=500)
    given_by: str = Field(max_length=80)
    issued_ms: int = Field(sa_type=BigInteger)
    expires_ms: int = Field(sa_type=BigInteger)
    state: str = Field(max_length=16)
    outcome: str = Field(default="", max_length=200)
    """What was in the way, for one that was refused or failed."""
    answered_ms: int | None = Field(default=None, sa_type=BigInteger)
    """When the gateway's answer came."""
    done_ms: int | None = Field(default=None, sa_type=BigInteger)
    """When the point's report came."""
    log: list[Any] = Field(default_factory=list, sa_type=JSON)
    """The lines that a read_log brought."""
    key_hash: str | None = Field(default=None, max_length=64, unique=True)
    """Of who sent the form and of the form: sent twice it is one command."""
