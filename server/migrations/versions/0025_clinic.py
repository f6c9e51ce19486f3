"""The clinic: numbers of a day, and who is to come again."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables; arrivals of before stand in the events alone."""
    op.create_table(
        "clinic_ticket",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("point", sa.String(length=63), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.String(length=26), nullable=True),
        sa.Column("card_id", sa.String(length=26), nullable=True),
        sa.Column("place", sa.String(length=16), nullable=False),
        sa.Column("arrived_ms", sa.BigInteger(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("called_ms", sa.BigInteger(), nullable=True),
        sa.Column("inside_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic_ticket")),
        sa.UniqueConstraint("point", "day", "number", name=op.f("uq_clinic_ticket_point_day_number")),
    )
    op.create_index(op.f("ix_clinic_ticket_day_place"), "clinic_ticket", ["day", "place"])
    op.create_index(op.f("ix_clinic_ticket_holder_id"), "clinic_ticket", ["holder_id"])
    op.create_table(
        "clinic_recall",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("holder_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=True),
        sa.Column("done", sa.String(length=10), nullable=True),
        sa.Column("entered_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holder.id"], name=op.f("fk_clinic_recall_holder_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic_recall")),
    )
    op.create_index(op.f("ix_clinic_recall_due"), "clinic_recall", ["due"])
    op.create_index(op.f("ix_clinic_recall_holder_id"), "clinic_recall", ["holder_id"])


def downgrade() -> None:
    """Without them."""
    op.drop_table("clinic_recall")
    op.drop_table("clinic_ticket")
