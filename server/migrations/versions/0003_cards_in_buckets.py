"""Cards in buckets; the number of each card's last change; what is out of the ordinary about cards and places."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Cards that are there already changed before the first number: every index contains them."""
    op.add_column("card", sa.Column("changed_seq", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("ix_card_org_changed_seq", "card", ["org", "changed_seq"])
    op.add_column("card", sa.Column("traits", sa.JSON(), nullable=True))
    _out_of_the_ordinary()
    op.create_table(
        "card_gone",
        sa.Column("card_id", sa.String(length=26), nullable=False),
        sa.Column("org", sa.String(length=12), nullable=False),
        sa.Column("changed_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["org_unit.code"], name=op.f("fk_card_gone_org")),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_card_gone")),
    )
    op.create_index("ix_card_gone_org_changed_seq", "card_gone", ["org", "changed_seq"])
    op.create_table(
        "cards_base",
        sa.Column("org", sa.String(length=12), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["org_unit.code"], name=op.f("fk_cards_base_org")),
        sa.PrimaryKeyConstraint("org", "seq", name=op.f("pk_cards_base")),
    )
    op.create_table(
        "policy_blob",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("org", sa.String(length=12), nullable=False),
        sa.Column("gateway_id", sa.String(length=63), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["org_unit.code"], name=op.f("fk_policy_blob_org")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_policy_blob")),
    )
    op.create_index("ix_policy_blob_kind", "policy_blob", ["kind"])


def _out_of_the_ordinary() -> None:
    """What few points and levels have."""
    for table in ("point", "access_level"):
        op.add_column(table, sa.Column("floors", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("access_level", sa.Column("max_offline_ms", sa.BigInteger(), nullable=True))
    op.add_column("point", sa.Column("interlock", sa.String(length=63), nullable=True))
    op.add_column("point", sa.Column("first_person", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("point", sa.Column("persons", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("point", sa.Column("partner_timeout_ms", sa.Integer(), nullable=False, server_default="15000"))


def downgrade() -> None:
    """A data base goes forwards; one step back is a restored backup."""
    raise NotImplementedError
