"""Meetings and activities with their lists; members of the Party; points for members alone."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three tables and a column."""
    op.create_table(
        "activity",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("point", sa.String(length=63), nullable=True),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_activity")),
    )
    op.create_index(op.f("ix_activity_from_ms"), "activity", ["from_ms"])
    op.create_index(op.f("ix_activity_state"), "activity", ["state"])
    op.create_index(op.f("ix_activity_point_from_ms"), "activity", ["point", "from_ms"])
    op.create_table(
        "attendance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("holder_id", sa.String(length=26), nullable=True),
        sa.Column("mark", sa.String(length=8), nullable=False),
        sa.Column("votes", sa.Boolean(), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=True),
        sa.Column("card_id", sa.String(length=26), nullable=True),
        sa.Column("hasty", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["activity.number"], name=op.f("fk_attendance_number")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_attendance_holder_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("number", "holder_id", name=op.f("uq_attendance_number_holder_id")),
    )
    op.create_index(op.f("ix_attendance_number"), "attendance", ["number"])
    op.create_index(op.f("ix_attendance_holder_id"), "attendance", ["holder_id"])
    op.create_table(
        "party_member",
        sa.Column("holder_id", sa.String(length=26), nullable=False),
        sa.Column("standing", sa.String(length=16), nullable=False),
        sa.Column("branch", sa.String(length=60), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("entered_by", sa.String(length=80), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holder.id"], name=op.f("fk_party_member_holder_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("holder_id", name=op.f("pk_party_member")),
    )
    op.create_index(op.f("ix_party_member_branch"), "party_member", ["branch"])
    op.add_column("point", sa.Column("members_only", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """A data base goes forwards; one step back is a restored backup."""
    raise NotImplementedError
