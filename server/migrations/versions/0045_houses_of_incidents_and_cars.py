"""The houses of incidents and of parking permits stand as those of people and tickets do since 0043."""

import sqlalchemy as sa
from alembic import op

from server.services.people.cells import house_kept

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

TABLES = ("incident", "parking_permit")


def upgrade() -> None:
    """What has a code is kept as its code."""
    connection = op.get_bind()
    for name in TABLES:
        table = sa.table(name, sa.column("number"), sa.column("house"))
        found = connection.execute(sa.select(table.c.number, table.c.house).where(table.c.house != "")).all()
        wrong = [{"b_number": n, "b_house": kept} for n, house in found if (kept := house_kept(house)) != house]
        named = sa.update(table).where(table.c.number == sa.bindparam("b_number"))
        if wrong:
            connection.execute(named.values(house=sa.bindparam("b_house")), wrong)


def downgrade() -> None:
    """A data base goes forwards; one step back is a restored backup."""
    raise NotImplementedError
