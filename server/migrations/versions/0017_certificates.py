"""Authorities and certificates; a box that asks waits until an operator has confirmed it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Gateways of before have no certificate: they are claimed and enrolled once more."""
    op.create_table(
        "authority",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("key_box", sa.String(length=1024), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("issues", sa.Boolean(), nullable=False),
        sa.Column("retired_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_authority")),
    )
    op.create_table(
        "certificate",
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("gateway_id", sa.String(length=63), nullable=False),
        sa.Column("authority", sa.Integer(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["gateway_id"], ["gateway.id"], name=op.f("fk_certificate_gateway_id")),
        sa.ForeignKeyConstraint(["authority"], ["authority.number"], name=op.f("fk_certificate_authority")),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_certificate")),
    )
    op.create_index("ix_certificate_gateway_id", "certificate", ["gateway_id"])
    op.add_column("gateway", sa.Column("tls_key", sa.String(length=256), nullable=True))
    op.add_column("gateway", sa.Column("asks", sa.String(length=4096), nullable=True))
    op.add_column("gateway", sa.Column("asks_ms", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """The authorities' keys would be gone."""
    raise NotImplementedError
