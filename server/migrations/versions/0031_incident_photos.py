"""Pictures that come with the steps of an incident."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "incident_photo",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["incident.number"], name=op.f("fk_incident_photo_number")),
        sa.PrimaryKeyConstraint("number", "turn", name=op.f("pk_incident_photo")),
    )


def downgrade() -> None:
    """A data base goes forwards; one step back is a restored backup."""
    raise NotImplementedError
