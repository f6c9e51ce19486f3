"""Purses: what stations report of payments, money put on cards, and subsidies of meals."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Books begin with the first report; payments of before stand in the events alone."""
    op.create_table(
        "purse_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("card_id", sa.String(length=26), nullable=False),
        sa.Column("issued_ms", sa.BigInteger(), nullable=False),
        sa.Column("holder_id", sa.String(length=26), nullable=True),
        sa.Column("point", sa.String(length=63), nullable=False),
        sa.Column("gateway_id", sa.String(length=63), nullable=True),
        sa.Column("point_seq", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("subsidy", sa.Integer(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("proof", sa.String(length=8), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("heard_ms", sa.BigInteger(), nullable=False),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purse_entry")),
        sa.UniqueConstraint(
            "card_id", "issued_ms", "point", "point_seq", "before", name=op.f("uq_purse_entry_card_id_issued_ms_point_point_seq_before")
        ),
    )
    op.create_index(op.f("ix_purse_entry_at_ms"), "purse_entry", ["at_ms"])
    op.create_index(op.f("ix_purse_entry_holder_id"), "purse_entry", ["holder_id"])
    op.create_index(op.f("ix_purse_entry_point_at_ms"), "purse_entry", ["point", "at_ms"])
    op.create_table(
        "subsidy",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("holder_id", sa.String(length=26), nullable=False),
        sa.Column("per_meal", sa.Integer(), nullable=False),
        sa.Column("day_limit", sa.Integer(), nullable=False),
        sa.Column("first", sa.String(length=10), nullable=False),
        sa.Column("last", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_subsidy_holder_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subsidy")),
    )
    op.create_index(op.f("ix_subsidy_holder_id"), "subsidy", ["holder_id"])


def downgrade() -> None:
    """Without them."""
    op.drop_table("subsidy")
    op.drop_table("purse_entry")
