"""The transactions on each card."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Counters that gateways reported."""
    op.create_table(
        "card_log",
        sa.Column("card_id", sa.String(length=26), nullable=False),
        sa.Column("issued_ms", sa.BigInteger(), nullable=False),
        sa.Column("complete", sa.BigInteger(), nullable=False),
        sa.Column("reported", sa.JSON(), nullable=False),
        sa.Column("torn", sa.Integer(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("gap_since_ms", sa.BigInteger(), nullable=True),
        sa.Column("renew_after_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_card_log_card_id_card"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_card_log")),
    )


def downgrade() -> None:
    """The counters are lost; gateways do not report them again."""
    op.drop_table("card_log")
