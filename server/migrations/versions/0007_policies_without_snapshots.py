"""Policies are heads, buckets and deltas; whole snapshots are no more."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was published before names a snapshot: every gateway gets a new version at once."""
    op.execute("DELETE FROM policy_version")
    op.drop_table("policy_snapshot")
    for column in ("snapshot_sha256", "snapshot_bytes", "cards"):
        op.drop_column("policy_version", column)
    op.add_column("policy_version", sa.Column("cards_seq", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    """A data base goes forwards; one step back is a restored backup."""
    raise NotImplementedError
