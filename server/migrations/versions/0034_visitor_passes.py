"""Visitors' passes."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "visitor_pass",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("holder_id", sa.String(length=26), nullable=True),
        sa.Column("card_id", sa.String(length=26), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("host", sa.String(length=100), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("level_id", sa.String(length=63), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.String(length=64), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_why", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holder.id"], name=op.f("fk_visitor_pass_holder_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_visitor_pass_card_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_visitor_pass")),
        sa.UniqueConstraint("link", name=op.f("uq_visitor_pass_link")),
    )
    op.create_index(op.f("ix_visitor_pass_card_id"), "visitor_pass", ["card_id"])
    op.create_index(op.f("ix_visitor_pass_to_ms"), "visitor_pass", ["to_ms"])


def downgrade() -> None:
    """A data base goes forwards; one step back is a restored backup."""
    raise NotImplementedError
