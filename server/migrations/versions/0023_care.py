"""Elderly care: who is looked after, absences, cases, and when gateways could not tell."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _holder(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f(f"fk_{table}_holder_id"), ondelete="CASCADE")


def upgrade() -> None:
    """New tables; nobody is watched until somebody enters them."""
    op.create_table(
        "care_watch",
        sa.Column("holder_id", sa.String(length=26), nullable=False),
        sa.Column("contact_name", sa.String(length=100), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("home_point", sa.String(length=63), nullable=True),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=True),
        sa.Column("silence_ms", sa.BigInteger(), nullable=False),
        sa.Column("usual_ms", sa.BigInteger(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("unknown_since_ms", sa.BigInteger(), nullable=True),
        sa.Column("looked_ms", sa.BigInteger(), nullable=False),
        _holder("care_watch"),
        sa.PrimaryKeyConstraint("holder_id", name=op.f("pk_care_watch")),
        sa.UniqueConstraint("home_point", name=op.f("uq_care_watch_home_point")),
    )
    op.create_table(
        "care_absence",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("holder_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=True),
        _holder("care_absence"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_absence")),
    )
    op.create_index(op.f("ix_care_absence_holder_id"), "care_absence", ["holder_id"])
    op.create_table(
        "care_case",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("holder_id", sa.String(length=26), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=True),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=True),
        sa.Column("silence_ms", sa.BigInteger(), nullable=False),
        sa.Column("usual_ms", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        _holder("care_case"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_case")),
    )
    for column in ("holder_id", "stage", "closed_ms"):
        op.create_index(op.f(f"ix_care_case_{column}"), "care_case", [column])
    op.create_table(
        "care_step",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("deed", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["care_case.id"], name=op.f("fk_care_step_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_step")),
    )
    op.create_index(op.f("ix_care_step_case_id"), "care_step", ["case_id"])
    op.create_table(
        "gateway_outage",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("gateway_id", sa.String(length=63), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=True),
        sa.Column("boot", sa.String(length=64), nullable=False),
        sa.Column("healed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_outage")),
    )
    op.create_index(op.f("ix_gateway_outage_gateway_id"), "gateway_outage", ["gateway_id"])
    op.create_index(op.f("ix_gateway_outage_to_ms"), "gateway_outage", ["to_ms"])


def downgrade() -> None:
    """Without them."""
    for table in ("gateway_outage", "care_step", "care_case", "care_absence", "care_watch"):
        op.drop_table(table)
