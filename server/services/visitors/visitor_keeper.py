"""Ends visitors' passes: those whose hours are over, and those that have let in as often as they may.

Each gateway counts for itself and offline; over all of them the server counts, and what the guard let in besides. What
is used up lets out all the same, where it has a way out; a pass without one is revoked. A day after its hours a pass
leaves what gateways are told and the lists of cards.
"""

from collections.abc import Mapping, Set

from sqlmodel import col, select

from card_protocol.words.card import CardState
from card_protocol.words.moment import DAY_MS
from server.services.cards import cards
from server.services.lookout import Lookout
from server.services.visitors import visitor_passes
from server.services.work import SYSTEM, Transactions
from server.tables import CardRow, VisitorPassRow

LOOK_EVERY_S = 20.0
AT_ONCE = 200
"""Passes looked at in one question."""

KNOWN_AFTER_MS = DAY_MS
"""So long the gates know whose pass is over: who comes too late hears that, and not that nobody knows them."""

OVER, USED_UP = "hours over", "used up"


def look(transactions: Transactions) -> int:
    """One look at all that are open; how many ended."""
    _let_go(transactions)
    ended, last = 0, 0
    while True:
        with transactions.read() as session:
            open_ = select(VisitorPassRow).where(col(VisitorPassRow.ended_ms).is_(None), VisitorPassRow.number > last)
            rows = list(session.exec(open_.order_by(col(VisitorPassRow.number)).limit(AT_ONCE)))
            used = visitor_passes.used_of(session, rows)
            spent = {row.number for row in rows if used.get(row.card_id or "", 0) + row.let_in >= row.uses}
            out = visitor_passes.ways_out(session, [row for row in rows if row.number in spent])
        ended += _end(transactions, rows, spent, out)
        if len(rows) < AT_ONCE:
            return ended
        last = rows[-1].number


def _end(
    transactions: Transactions, rows: list[VisitorPassRow], spent: Set[int], out: Mapping[int, frozenset[str]]
) -> int:
    now = transactions.clock()
    ending = {row.number: OVER for row in rows if now >= row.to_ms}
    for row in rows:
        ways = out.get(row.number, frozenset())
        if now < row.to_ms and row.number in spent and not (ways and row.level_id == visitor_passes.level_of(ways)):
            ending[row.number] = USED_UP
    for number, why in ending.items():
        with transactions.work(SYSTEM) as work:
            row, ways = visitor_passes.row_of(work.session, number), out.get(number, frozenset())
            if row.ended_ms is None and why == USED_UP and ways:
                visitor_passes.let_out_only(work, row, ways)
            elif row.ended_ms is None:
                visitor_passes.finish(work, row, why)
    return len(ending)


def _let_go(transactions: Transactions) -> None:
    """Gateways and lists forget the cards of days that are over, some at each look."""
    living = CardRow.state != CardState.RETURNED.value
    with transactions.read() as session:
        over = (
            select(CardRow.id)
            .join(VisitorPassRow, col(VisitorPassRow.card_id) == col(CardRow.id))
            .where(living, col(CardRow.uid).is_(None), VisitorPassRow.to_ms <= transactions.clock() - KNOWN_AFTER_MS)
        )
        ids = list(session.exec(over.order_by(col(CardRow.id)).limit(AT_ONCE)))
    if ids:
        with transactions.work(SYSTEM) as work:
            for card_id in ids:
                cards.end_without_chip(work, card_id)


class VisitorKeeper(Lookout):
    """The thread."""

    def __init__(self, transactions: Transactions, every_s: float = LOOK_EVERY_S) -> None:
        super().__init__("visitor-keeper", lambda: look(transactions), every_s)
