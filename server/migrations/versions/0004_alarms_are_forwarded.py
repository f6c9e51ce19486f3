"""Alarms are forwarded."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who has handed an alarm up, and when."""
    op.add_column("alarm", sa.Column("forwarded_ms", sa.BigInteger(), nullable=True))
    op.add_column("alarm", sa.Column("forwarded_by", sa.String(length=63), nullable=True))


def downgrade() -> None:
    """Who forwarded what is lost."""
    op.drop_column("alarm", "forwarded_by")
    op.drop_column("alarm", "forwarded_ms")
