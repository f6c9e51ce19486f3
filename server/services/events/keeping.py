"""How long events stay: months made ahead (PostgreSQL), old ones removed (both), and what is then said of them.

Who removed numbers of a journal, and when, is a row in `hole` with the reason `retention`, written in the transaction
that removes them: `onecard audit verify` tells what is gone on purpose from what is missing.
"""

import structlog
from sqlalchemy import delete, func, select, union_all

from server.services import audit
from server.services.lookout import Lookout
from server.services.work import SYSTEM, Transactions, Work
from server.tables import Row
from server.tables.engine import is_sqlite
from server.tables.partitions import Month, drop_month, make_months, month_at, months

RETENTION = "retention"
LOOK_EVERY_S = 3600.0

_EVENT, _HOLE, _DEAD, _GONE = (Row.metadata.tables[name] for name in ("event", "hole", "dead_letter", "event_gone"))
_log = structlog.get_logger()


def look_after_events(transactions: Transactions, keep_months: int | None) -> list[Month]:
    """Make months ahead and remove what is older than the present month and `keep_months` before it; which went."""
    with transactions.work(SYSTEM) as work:
        connection = work.session.connection()
        if not is_sqlite(connection):
            for made in make_months(connection, work.now_ms):
                _log.info("event_month_made", month=made.table)
    if keep_months is None:
        return []
    gone = []
    oldest = month_at(transactions.clock()).plus(-keep_months)
    while (month := _oldest(transactions)) is not None and month < oldest:
        with transactions.work(SYSTEM) as work:
            events = _remove(work, month)
        _log.info("event_month_removed", month=month.table, events=events)
        gone.append(month)
    return gone


class EventKeeper(Lookout):
    """One thread that looks now and then."""

    def __init__(self, transactions: Transactions, keep_months: int | None) -> None:
        # The data base may be away; until the next look events land in the rest.
        super().__init__("event-keeper", lambda: look_after_events(transactions, keep_months), LOOK_EVERY_S)


def _oldest(transactions: Transactions) -> Month | None:
    with transactions.read() as session:
        if not is_sqlite(transactions.engine):
            known = months(session.connection())
            return known[0] if known else None
        first = session.scalar(select(func.min(_EVENT.c.received_ms)))
        return month_at(first) if first is not None else None


def _remove(work: Work, month: Month) -> int:
    """A month and everything in it, with a row for each journal that had something there."""
    session, connection = work.session, work.session.connection()
    span_ms = month.start_ms, month.plus(1).start_ms - 1
    halves = (
        select(table.c.gateway_id, table.c.epoch, table.c.seq).where(table.c.received_ms.between(*span_ms))
        for table in (_EVENT, _GONE)
    )
    every = union_all(*halves).subquery()
    columns = select(
        every.c.gateway_id,
        every.c.epoch,
        func.min(every.c.seq).label("first_seq"),
        func.max(every.c.seq).label("last_seq"),
        func.count().label("events"),
    )
    events = 0
    for row in session.execute(columns.group_by(every.c.gateway_id, every.c.epoch)).all():
        events += row.events
        key = {"gateway_id": row.gateway_id, "epoch": row.epoch}
        span = {"first_seq": row.first_seq, "last_seq": row.last_seq}
        session.execute(_HOLE.insert().values(**key, **span, why=RETENTION, at_ms=work.now_ms))
        dead = _DEAD.c.seq.between(row.first_seq, row.last_seq)
        session.execute(delete(_DEAD).where(_DEAD.c.gateway_id == row.gateway_id, _DEAD.c.epoch == row.epoch, dead))
        audit.record(work, "events.expire", f"gateway:{row.gateway_id}", before={**key, **span, "events": row.events})
    session.execute(delete(_GONE).where(_GONE.c.received_ms.between(*span_ms)))
    if is_sqlite(connection):
        session.execute(delete(_EVENT).where(_EVENT.c.received_ms.between(*span_ms)))
    else:
        drop_month(connection, month)
    return events
