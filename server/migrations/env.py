"""What Alembic runs: the migrations, on the connection that `server.tables.migrate` hands over."""

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString

from server.tables import Row
from server.tables.partitions import is_ours


def render(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """How a new migration spells a type: the library's own text type is a plain String."""
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    # SQLite cannot alter most things in place: the table is made anew and its rows are moved.
    render_as_batch=True,
    compare_type=True,
    render_item=render,
    include_object=is_ours,
)
with context.begin_transaction():
    context.run_migrations()
