"""Signatures under batches and acknowledgements; alarms that came before their turn."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JOURNAL = (("gateway_id", sa.String(length=63)), ("epoch", sa.String(length=16)))


def upgrade() -> None:
    """Events that are there already stay without signatures: `onecard audit verify` says so."""
    op.create_table(
        "batch_seal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *(sa.Column(name, kind, nullable=False) for name, kind in JOURNAL),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("gap_from", sa.BigInteger(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_seal")),
    )
    op.create_index("ix_batch_seal_gateway_id_epoch_first_seq", "batch_seal", ["gateway_id", "epoch", "first_seq"])
    op.create_table(
        "ack_seal",
        *(sa.Column(name, kind, nullable=False) for name, kind in JOURNAL),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("gateway_id", "epoch", "upto", name=op.f("pk_ack_seal")),
    )
    op.create_table(
        "alarm_told",
        *(sa.Column(name, kind, nullable=False) for name, kind in JOURNAL),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("gateway_id", "epoch", "seq", name=op.f("pk_alarm_told")),
    )


def downgrade() -> None:
    """What was signed cannot be signed again."""
    raise NotImplementedError
