"""People of whom the guard is told when they come."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table; nobody is in it until somebody is entered."""
    op.create_table(
        "holder_watch",
        sa.Column("holder_id", sa.String(length=26), nullable=False),
        sa.Column("todo", sa.String(length=200), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holder.id"], name=op.f("fk_holder_watch_holder_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("holder_id", name=op.f("pk_holder_watch")),
    )
