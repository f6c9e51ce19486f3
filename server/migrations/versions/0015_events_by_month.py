"""Events by month on PostgreSQL. What is there is moved once, which takes a while and the space of a second copy."""

from alembic import op

from server.tables.engine import is_sqlite
from server.tables.partitions import partition_events

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """On SQLite nothing changes."""
    if not is_sqlite(op.get_bind()):
        partition_events(op.get_bind())


def downgrade() -> None:
    """A data base goes forwards; one step back is a restored backup."""
    raise NotImplementedError
