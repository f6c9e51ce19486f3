"""People are found by keys."""

import sqlalchemy as sa
from alembic import op

from server.services.people.name_keys import keys_of

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql")
HOLDER = sa.table("holder", sa.column("id"), sa.column("name"), sa.column("house"), sa.column("phone_tail"))
HOLDER_KEY = sa.table("holder_key", sa.column("key"), sa.column("holder_id"))


def upgrade() -> None:
    """The table, and the keys of everybody who is entered already."""
    op.create_table(
        "holder_key",
        sa.Column("key", KEY, nullable=False),
        sa.Column("holder_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holder.id"], name=op.f("fk_holder_key_holder_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "holder_id", name=op.f("pk_holder_key")),
    )
    op.create_index("ix_holder_key_holder_id_key", "holder_key", ["holder_id", "key"])
    connection = op.get_bind()
    for holder_id, *fields in connection.execute(sa.select(HOLDER)).all():
        rows = [{"key": key, "holder_id": holder_id} for key in sorted(keys_of(*fields))]
        if rows:
            connection.execute(sa.insert(HOLDER_KEY), rows)


def downgrade() -> None:
    """The keys are made from what is in `holder`."""
    op.drop_table("holder_key")
