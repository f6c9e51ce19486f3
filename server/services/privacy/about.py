"""Everything about one person, table by table along the register: for an access request, and to be erased."""

import base64
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, delete, or_, select, update
from sqlmodel import Session

from server.services.care import care_tally
from server.services.privacy.aims import Aim
from server.services.privacy.register import REGISTER, End, Found, Use
from server.tables import Row

ROWS_MAX = 20_000
"""Of one table; nobody has so many in the time that anything is kept."""

_TABLES = Row.metadata.tables


class Kept(NamedTuple):
    """One row about somebody: where it stands, what for, and its fields."""

    table: str
    aim: Aim
    fields: dict[str, Any]


def everything(session: Session, holder_id: str) -> Iterator[Kept]:
    """What is kept of somebody, in the order of the register; pictures in base64."""
    for name, use in REGISTER.items():
        table = _TABLES[name]
        mine = _mine(table, use, holder_id)
        if mine is None:
            continue
        columns = [table.c[field] for field in use.fields]
        for row in session.execute(select(*columns).where(mine).limit(ROWS_MAX)):
            yield Kept(name, use.aim, {key: _plain(value) for key, value in row._mapping.items()})


def counts(session: Session, holder_id: str) -> dict[str, int]:
    """Table -> how many rows about somebody."""
    found: dict[str, int] = {}
    for kept in everything(session, holder_id):
        found[kept.table] = found.get(kept.table, 0) + 1
    return found


def erase(session: Session, holder_id: str, aim: Aim | None = None) -> dict[str, int]:
    """Delete or unname what is kept of somebody, for one purpose or for all; table -> how many rows.

    Their own entry goes last, and with it the meaning of their pseudonym: events stay byte for byte, so that every
    proof of them holds, and lead to nobody any more. How many alarms were true and false stays counted.
    """
    if aim in (None, Aim.NOT_SEEN):
        care_tally.keep(session, holder_id)
    done: dict[str, int] = {}
    for name, use in reversed(REGISTER.items()):
        if aim is not None and use.aim is not aim:
            continue
        table = _TABLES[name]
        mine = _mine(table, use, holder_id)
        if mine is None or use.end is End.KEPT:
            continue
        statement = delete(table) if use.end is End.GONE else update(table).values(dict(use.blanked))
        if touched := session.connection().execute(statement.where(mine)).rowcount:
            done[name] = touched
    session.expire_all()
    return done


def events_of(holder_id: str) -> ColumnElement[bool]:
    """The condition of somebody's events."""
    mine = _mine(_TABLES["event"], REGISTER["event"], holder_id)
    assert mine is not None
    return mine


def rows_of(table: str, holder_id: str) -> ColumnElement[bool] | None:
    """The condition of somebody's rows of a table; None where no key finds them."""
    return _mine(_TABLES[table], REGISTER[table], holder_id)


def _mine(table: Table, use: Use, holder_id: str) -> ColumnElement[bool] | None:
    card, holder, alias = _TABLES["card"], _TABLES["holder"], _TABLES["holder_alias"]
    if use.found in (Found.HOLDER, Found.SELF, Found.TARGET):
        return table.c[use.found.value] == holder_id
    if use.found is Found.CARD:
        return table.c.card_id.in_(select(card.c.id).where(card.c.holder_id == holder_id))
    if use.found is Found.PSEUDONYM:
        now = select(holder.c.pseudonym).where(holder.c.id == holder_id)
        before = select(alias.c.pseudonym).where(alias.c.holder_id == holder_id)
        return or_(table.c.holder.in_(now), table.c.holder.in_(before))
    if use.found is Found.CASE:
        case = _TABLES["care_case"]
        return table.c.case_id.in_(select(case.c.id).where(case.c.holder_id == holder_id))
    return None


def _plain(value: Any) -> Any:
    return base64.b64encode(bytes(value)).decode() if isinstance(value, bytes | memoryview) else value
