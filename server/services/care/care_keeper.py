"""Looks after those who are not seen, every now and then, by the community's clock.

gateways    which of them cannot tell, since when                 (outages)
everybody   how long they have been silent, against their rhythm  (care_watch, rhythm)
cases       opened, closed by a tap, moved on by their clocks     (care_cases)
"""

from collections.abc import Mapping, Sequence

from sqlmodel import col, select

from server.services.care import care_cases, care_watch
from server.services.care.care_case import Deed
from server.services.care.rhythm import Span, Status
from server.services.gateways import outages
from server.services.lookout import Lookout
from server.services.work import SYSTEM, Transactions, Work, counter_value, raise_counter
from server.tables import CareCaseRow, CareWatchRow

LOOK_EVERY_S = 10.0
LEAST_S = 1.0
"""Of a played day, which passes faster."""

AT_ONCE = 20
"""People in one transaction: on SQLite whoever writes keeps everybody's taps waiting."""

LOOKED = "care_looked_ms"


def look(transactions: Transactions, stale_ms: int = outages.STALE_MS) -> None:
    """One look at everybody."""
    with transactions.work(SYSTEM) as work:
        if outages.look(work, stale_ms, counter_value(work.session, LOOKED)):
            work.tell("care", {})
        raise_counter(work.session, LOOKED, work.now_ms)
    with transactions.read() as session:
        unknown = outages.unknown(session, transactions.clock())
        everybody = select(CareWatchRow.holder_id).order_by(col(CareWatchRow.holder_id)).limit(care_watch.WATCHED_MAX)
        watched = list(session.exec(everybody))
    for start in range(0, len(watched), AT_ONCE):
        with transactions.work(SYSTEM) as work:
            _look_at(work, watched[start : start + AT_ONCE], unknown)


def _look_at(work: Work, holder_ids: Sequence[str], unknown: Mapping[str, list[Span]]) -> None:
    open_ = care_cases.take_open(work, holder_ids)
    rows = work.session.exec(select(CareWatchRow).where(col(CareWatchRow.holder_id).in_(holder_ids)))
    changed = False
    for row in rows.all():
        before = row.status
        finding, gaps = care_watch.look_at(work.session, row.holder_id, work.now_ms, unknown)
        care_watch.keep(row, finding, gaps, work.now_ms)
        work.session.add(row)
        _follow(work, row, open_.get(row.holder_id))
        changed |= row.status != before
    if changed:
        work.tell("care", {})


def _follow(work: Work, row: CareWatchRow, case: CareCaseRow | None) -> None:
    """What a finding means for somebody's case."""
    if case is None:
        if row.status == Status.SILENT:
            care_cases.open_case(work, row.holder_id)
        return
    if row.status == Status.NO_CONSENT:
        care_cases.close(work, case, Deed.WITHDRAWN)
    elif row.last_ms is not None and row.last_ms > case.opened_ms:
        care_cases.close(work, case, Deed.SEEN)
    else:
        care_cases.catch_up(work, case)


class CareKeeper(Lookout):
    """The thread. Its first look waits: after a start gateways are still saying how far they are."""

    def __init__(self, transactions: Transactions, speed: int = 1, every_s: float = LOOK_EVERY_S) -> None:
        """`speed` is that of a played day: how long a gateway may say nothing is real time."""
        stale_ms = outages.STALE_MS * speed
        if speed > 1:
            every_s = min(every_s, max(LEAST_S, every_s / speed))
        super().__init__("care-keeper", lambda: look(transactions, stale_ms), every_s, first_s=every_s)
