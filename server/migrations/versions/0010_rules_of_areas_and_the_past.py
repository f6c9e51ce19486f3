"""Areas and roles that rules speak of; doors that are free by schedule; policies and cards as they once stood."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Policies that were published before cannot be decided from again: nobody has kept their rules."""
    op.create_table(
        "area",
        sa.Column("id", sa.String(length=63), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("passback", sa.String(length=8), nullable=False),
        sa.Column("passback_ms", sa.BigInteger(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("number", name=op.f("uq_area_number")),
    )
    op.create_table(
        "privileges",
        sa.Column("org", sa.String(length=12), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["org_unit.code"], name=op.f("fk_privileges_org")),
        sa.PrimaryKeyConstraint("org", name=op.f("pk_privileges")),
    )
    op.create_table(
        "policy_past",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_policy_past")),
    )
    op.create_table(
        "card_past",
        sa.Column("card_id", sa.String(length=26), nullable=False),
        sa.Column("changed_seq", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=True),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("card_id", "changed_seq", name=op.f("pk_card_past")),
    )
    op.create_index("ix_card_past_until_ms", "card_past", ["until_ms"])
    op.add_column("point", sa.Column("free", sa.String(length=63), nullable=True))
    op.add_column("policy_version", sa.Column("past", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """What was kept cannot be kept again."""
    raise NotImplementedError
