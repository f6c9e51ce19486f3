"""People's houses stand as the list of houses has them, so that both find each other; and when somebody moved out."""

import os
import time
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from card_protocol.words.ids import new_ulid
from server.services.people.cells import house_kept
from server.services.people.name_keys import keys_of

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

AT_ONCE, READ_AT_ONCE = 1000, 20_000
HOLDER = sa.table(
    "holder",
    *map(sa.column, ("id", "org", "name", "house", "phone_tail", "moved_ms")),
    sa.column("tags", sa.JSON()),
)
HOLDER_KEY = sa.table("holder_key", sa.column("key"), sa.column("holder_id"))
TICKET = sa.table("ticket", sa.column("number"), sa.column("house"))
HOUSE = sa.table("house", *map(sa.column, ("id", "org", "code")))
HOUSEHOLD = sa.table("household", *map(sa.column, ("id", "house_id", "since_ms", "ended_ms", "tenure")))
MEMBER = sa.table(
    "household_member", *map(sa.column, ("household_id", "holder_id", "from_ms", "to_ms", "relation"))
)
AUDIT = sa.table("audit", *map(sa.column, ("action", "subject", "at_ms")))


def upgrade() -> None:
    """A column; then every house that was kept as it was typed, and the households that wait for it."""
    op.add_column("holder", sa.Column("moved_ms", sa.BigInteger(), nullable=True))
    connection = op.get_bind()
    _people(connection)
    _tickets(connection)
    _households(connection)
    left = sa.select(AUDIT.c.subject, sa.func.max(AUDIT.c.at_ms)).where(AUDIT.c.action == "holder.leave")
    gone = [(subject.partition(":")[2], at) for subject, at in connection.execute(left.group_by(AUDIT.c.subject))]
    mine = (HOLDER.c.id == sa.bindparam("b_id"), HOLDER.c.house == "")
    moved = sa.update(HOLDER).where(*mine).values(moved_ms=sa.bindparam("b_at"))
    if gone:
        connection.execute(moved, [{"b_id": holder_id, "b_at": at} for holder_id, at in gone])


def _parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


def _houses_of_people(connection: sa.Connection) -> Iterator[Any]:
    """Person and house, in parts: a town has millions."""
    last = ""
    asked = sa.select(HOLDER.c.id, HOLDER.c.house).order_by(HOLDER.c.id).limit(READ_AT_ONCE)
    while rows := connection.execute(asked.where(HOLDER.c.id > last)).all():
        yield from rows
        last = rows[-1][0]


def _people(connection: sa.Connection) -> None:
    wrong = [(one, kept) for one, house in _houses_of_people(connection) if (kept := house_kept(house)) != house]
    named = sa.update(HOLDER).where(HOLDER.c.id == sa.bindparam("b_id")).values(house=sa.bindparam("b_house"))
    for some in _parts(wrong):
        connection.execute(named, [{"b_id": holder_id, "b_house": house} for holder_id, house in some])
        ids = [holder_id for holder_id, _ in some]
        said = sa.select(HOLDER.c.id, HOLDER.c.name, HOLDER.c.house, HOLDER.c.phone_tail, HOLDER.c.tags)
        people = connection.execute(said.where(HOLDER.c.id.in_(ids))).all()
        connection.execute(sa.delete(HOLDER_KEY).where(HOLDER_KEY.c.holder_id.in_(ids)))
        keys = [{"key": key, "holder_id": one} for one, *fields in people for key in sorted(keys_of(*fields))]
        if keys:
            connection.execute(sa.insert(HOLDER_KEY), keys)


def _tickets(connection: sa.Connection) -> None:
    found = connection.execute(sa.select(TICKET.c.number, TICKET.c.house))
    wrong = [{"b_number": n, "b_house": kept} for n, house in found if (kept := house_kept(house)) != house]
    named = sa.update(TICKET).where(TICKET.c.number == sa.bindparam("b_number")).values(house=sa.bindparam("b_house"))
    if wrong:
        connection.execute(named, wrong)


def _households(connection: sa.Connection) -> None:
    """Who lives in a house of the list and is in no household of it was entered before the house was."""
    present = sa.and_(MEMBER.c.holder_id == HOLDER.c.id, MEMBER.c.to_ms.is_(None))
    joined = HOLDER.join(HOUSE, sa.and_(HOUSE.c.org == HOLDER.c.org, HOUSE.c.code == HOLDER.c.house))
    waiting = sa.select(HOUSE.c.id, HOLDER.c.id).select_from(joined.outerjoin(MEMBER, present))
    rows = connection.execute(waiting.where(MEMBER.c.holder_id.is_(None))).all()
    now_ms = time.time_ns() // 1_000_000
    for some in _parts(rows):
        at = {house for house, _ in some}
        known = sa.select(HOUSEHOLD.c.house_id, HOUSEHOLD.c.id).where(HOUSEHOLD.c.house_id.in_(at))
        home = {house: one for house, one in connection.execute(known.where(HOUSEHOLD.c.ended_ms.is_(None)))}
        begun = {house: new_ulid(now_ms, os.urandom(10)) for house in sorted(at - set(home))}
        fresh = [{"id": one, "house_id": house, "since_ms": now_ms, "tenure": ""} for house, one in begun.items()]
        if fresh:
            connection.execute(sa.insert(HOUSEHOLD), fresh)
        home |= begun
        for house, holder_id in some:
            _move_in(connection, home[house], holder_id, now_ms)


def _move_in(connection: sa.Connection, household_id: str, holder_id: str, now_ms: int) -> None:
    mine = (MEMBER.c.household_id == household_id, MEMBER.c.holder_id == holder_id)
    if not connection.execute(sa.update(MEMBER).where(*mine).values(to_ms=None)).rowcount:
        row = {"household_id": household_id, "holder_id": holder_id, "from_ms": now_ms, "relation": ""}
        connection.execute(sa.insert(MEMBER), row)


def downgrade() -> None:
    """A data base goes forwards; one step back is a restored backup."""
    raise NotImplementedError
