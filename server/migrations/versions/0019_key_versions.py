"""The community's key versions, and which of them each gateway holds."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Version 1 alone, as it was; gateways say what they hold within seconds."""
    op.create_table(
        "key_versions",
        sa.Column("community", sa.String(length=12), nullable=False),
        sa.Column("oldest", sa.Integer(), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("community", name=op.f("pk_key_versions")),
    )
    op.add_column("gateway", sa.Column("keys_oldest", sa.Integer(), server_default="0", nullable=False))
    op.add_column("gateway", sa.Column("keys_newest", sa.Integer(), server_default="0", nullable=False))
    op.add_column("gateway", sa.Column("keys_until_ms", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    """A change that is under way is forgotten."""
    for column in ("keys_until_ms", "keys_newest", "keys_oldest"):
        op.drop_column("gateway", column)
    op.drop_table("key_versions")
