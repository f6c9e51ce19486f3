"""Who takes in whose events, where several intake workers share the gateways (PostgreSQL alone)."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from server.tables.base import Row


class ShardRow(Row, table=True):
    """A shard and its owner. Whoever takes in events holds the row's share lock until the commit."""

    __tablename__ = "intake_shard"
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    owner: str | None = Field(default=None, max_length=64)


class WorkerRow(Row, table=True):
    """An intake worker; dead when `until_ms`, by the clock of the data base, has passed."""

    __tablename__ = "intake_worker"
    name: str = Field(primary_key=True, max_length=64)
    until_ms: int = Field(sa_type=BigInteger)
