"""Somebody says that a box which was shut out hangs on no wall any more."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Since when it is known; of none it is."""
    op.add_column("gateway", sa.Column("gone_ms", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """A data base goes forwards; one step back is a restored backup."""
    raise NotImplementedError
