"""Commands for gateways, and what gateways say of holds, lockdowns and the order of their words."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table; a gateway's row learns what it says of itself."""
    op.create_table(
        "command",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("gateway_id", sa.String(length=63), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("point", sa.String(length=63), nullable=True),
        sa.Column("area", sa.String(length=63), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("given_by", sa.String(length=80), nullable=False),
        sa.Column("issued_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=200), nullable=False),
        sa.Column("answered_ms", sa.BigInteger(), nullable=True),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.Column("log", sa.JSON(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["gateway_id"], ["gateway.id"], name=op.f("fk_command_gateway_id_gateway")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_command")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_command_key_hash")),
    )
    op.create_index(op.f("ix_command_gateway_id_state"), "command", ["gateway_id", "state"])
    op.create_index(op.f("ix_command_gateway_id_number"), "command", ["gateway_id", "number"])
    for name in ("run", "turn"):
        op.add_column("gateway", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("gateway", sa.Column("held", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("gateway", sa.Column("lockdowns", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """A data base goes forwards; one step back is a restored backup."""
    raise NotImplementedError
