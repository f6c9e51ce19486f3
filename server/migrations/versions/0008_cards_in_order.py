"""All cards of a community are read in the order of their ids, a few thousand at a time."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The longer index serves what the shorter one did."""
    op.create_index("ix_card_org_id", "card", ["org", "id"])
    op.drop_index("ix_card_org", "card")


def downgrade() -> None:
    """Both ways only an index."""
    op.create_index("ix_card_org", "card", ["org"])
    op.drop_index("ix_card_org_id", "card")
