"""Lists that are being taken over, row by row, until a day after they were."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field

from server.tables.base import Row


class ImportRow(Row, table=True):
    """One list. Its lines are forgotten after a day (server.services.lists.imports.LINES_LIVE_MS)."""

    __tablename__ = "import_batch"
    id: str = Field(primary_key=True, max_length=26)
    org: str = Field(foreign_key="org_unit.code", max_length=12)
    subject: str = Field(max_length=16)
    state: str = Field(max_length=16)
    file_name: str = Field(max_length=200)
    actor: str = Field(max_length=80)
    titles: list[Any] = Field(sa_type=JSON)
    mapped: dict[str, Any] = Field(sa_type=JSON)
    """Column -> its place in the file, from 0."""
    rows: int
    created_ms: int = Field(index=True, sa_type=BigInteger)
    applied_ms: int | None = Field(default=None, sa_type=BigInteger)
    undone_ms: int | None = Field(default=None, sa_type=BigInteger)
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """How many lines of each status there were when it was taken over or undone."""


class ImportLineRow(Row, table=True):
    """One row of a list, with what is wrong with it or what it becomes."""

    __tablename__ = "import_line"
    __table_args__ = (Index(None, "import_id", "status", "number"), Index(None, "import_id", "key"))
    import_id: str = Field(primary_key=True, foreign_key="import_batch.id", ondelete="CASCADE", max_length=26)
    number: int = Field(primary_key=True)
    """Its row in the file, from 1."""
    cells: list[Any] = Field(sa_type=JSON)
    typed: bool = False
    """Somebody mended it by hand."""
    status: str = Field(max_length=8)
    flaws: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Column -> what is wrong there."""
    key: str | None = Field(default=None, max_length=64)
    """Equal for two lines that are of the same person or house."""
    made: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What is kept of the line."""
    target: str | None = Field(default=None, max_length=26)
    """The person or house that it is."""
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What stood there, of what changes."""


class ImportMappingRow(Row, table=True):
    """What the columns of a kind of list mean, as somebody last said."""

    __tablename__ = "import_mapping"
    org: str = Field(primary_key=True, foreign_key="org_unit.code", max_length=12)
    subject: str = Field(primary_key=True, max_length=16)
    fingerprint: str = Field(primary_key=True, max_length=64)
    mapped: dict[str, Any] = Field(sa_type=JSON)
    changed_ms: int = Field(sa_type=BigInteger)
