"""How often the gate house has let a visitor in."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column."""
    op.add_column("visitor_pass", sa.Column("let_in", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """A data base goes forwards; one step back is a restored backup."""
    raise NotImplementedError
