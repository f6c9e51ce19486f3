"""Looks after those who are not seen, every now and then, by the community's clock.

gateways    which of them cannot tell, since when                 (outages)
everybody   how long they have been silent, against their rhythm  (care_watch, rhythm)
cases       opened, closed by a tap, moved on by their clocks     (care_cases)
"""

import threading

import structlog
from sqlmodel import col, select

from server.services import care_cases, care_watch, outages
from server.services.care_case import Deed
from server.services.rhythm import Status
from server.services.work import SYSTEM, Transactions, Work, counter_value, raise_counter
from server.tables import CareCaseRow, CareWatchRow

LOOK_EVERY_S = 10.0
STOP_TIMEOUT_S = 10.0
LOOKED = "care_looked_ms"

_log = structlog.get_logger()


def look(transactions: Transactions, stale_ms: int = outages.STALE_MS) -> None:
    """One look at everybody."""
    with transactions.work(SYSTEM) as work:
        changed = outages.look(work, stale_ms, counter_value(work.session, LOOKED))
        raise_counter(work.session, LOOKED, work.now_ms)
        unknown = outages.unknown(work.session, work.now_ms)
        open_ = {row.holder_id: row for row in care_cases.all_open(work.session)}
        everybody = select(CareWatchRow).order_by(col(CareWatchRow.holder_id)).limit(care_watch.WATCHED_MAX)
        for row in work.session.exec(everybody).all():
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


class CareKeeper:
    """One thread that looks."""

    def __init__(self, transactions: Transactions, speed: int = 1, every_s: float = LOOK_EVERY_S) -> None:
        """`speed` is that of a played day: how long a gateway may say nothing is real time."""
        self._transactions, self._stale_ms, self._every_s = transactions, outages.STALE_MS * speed, every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="care-keeper", daemon=True)

    def start(self) -> None:
        """Begin. The first look waits a little: after a start gateways are still saying how far they are."""
        self._thread.start()

    def stop(self) -> None:
        """End after the look that is under way."""
        self._stopping.set()
        self._thread.join(STOP_TIMEOUT_S)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                look(self._transactions, self._stale_ms)
            except Exception:
                # The data base may be away; the next look finds everything that this one missed.
                _log.exception("nobody_looked_after")
