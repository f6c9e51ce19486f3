"""Tokens of programs have a unit and scopes."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tokens that are there keep what they could do."""
    with op.batch_alter_table("api_token") as batch:
        batch.add_column(sa.Column("org", sa.String(length=12), nullable=True))
        batch.add_column(sa.Column("scopes", sa.JSON(), nullable=True))
        batch.create_foreign_key(op.f("fk_api_token_org"), "org_unit", ["org"], ["code"])


def downgrade() -> None:
    """A data base goes forwards; one step back is a restored backup."""
    raise NotImplementedError
