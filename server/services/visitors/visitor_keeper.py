"""Ends visitors' passes: those whose hours are over, and those that have let in as often as they may.

Each gateway counts for itself and offline; over all of them the server counts, and revokes what is used up.
"""

from collections.abc import Mapping

from sqlmodel import col, select

from server.services.lookout import Lookout
from server.services.visitors import visitor_passes
from server.services.work import SYSTEM, Transactions
from server.tables import VisitorPassRow

LOOK_EVERY_S = 20.0
AT_ONCE = 200
"""Passes looked at in one question."""

OVER, USED_UP = "hours over", "used up"


def look(transactions: Transactions) -> int:
    """One look at all that are open; how many ended."""
    ended, last = 0, 0
    while True:
        with transactions.read() as session:
            open_ = select(VisitorPassRow).where(col(VisitorPassRow.ended_ms).is_(None), VisitorPassRow.number > last)
            rows = list(session.exec(open_.order_by(col(VisitorPassRow.number)).limit(AT_ONCE)))
            used = visitor_passes.used_of(session, rows)
        ended += _end(transactions, rows, used)
        if len(rows) < AT_ONCE:
            return ended
        last = rows[-1].number


def _end(transactions: Transactions, rows: list[VisitorPassRow], used: Mapping[str, int]) -> int:
    now = transactions.clock()
    ending = {row.number: OVER for row in rows if now >= row.to_ms}
    ending |= {row.number: USED_UP for row in rows if now < row.to_ms and used.get(row.card_id or "", 0) >= row.uses}
    for number, why in ending.items():
        with transactions.work(SYSTEM) as work:
            row = visitor_passes.row_of(work.session, number)
            if row.ended_ms is None:
                visitor_passes.finish(work, row, why)
    return len(ending)


class VisitorKeeper(Lookout):
    """The thread."""

    def __init__(self, transactions: Transactions, every_s: float = LOOK_EVERY_S) -> None:
        super().__init__("visitor-keeper", lambda: look(transactions), every_s)
