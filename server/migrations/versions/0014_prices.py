"""What a tap costs at a point, and the most of a day."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Points that were there take no money."""
    op.add_column("point", sa.Column("price_fen", sa.Integer(), nullable=True))
    op.add_column("point", sa.Column("day_limit_fen", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Prices are gone."""
    op.drop_column("point", "day_limit_fen")
    op.drop_column("point", "price_fen")
