"""An address of another system may be told nothing for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Since when it is paused; none is."""
    op.add_column("webhook", sa.Column("paused_ms", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """A data base goes forwards; one step back is a restored backup."""
    raise NotImplementedError
