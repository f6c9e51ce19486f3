"""Forgets what people wrote in lists, a day after they were read or taken over (PIPL art. 47), though nobody looks."""

from server.services.lists import imports
from server.services.lookout import Lookout
from server.services.work import SYSTEM, Transactions

LOOK_EVERY_S = 600.0


def look(transactions: Transactions) -> int:
    """One look; how many lists had lines to forget."""
    with transactions.work(SYSTEM) as work:
        return imports.forget_old(work)


class ImportKeeper(Lookout):
    """The thread."""

    def __init__(self, transactions: Transactions, every_s: float = LOOK_EVERY_S) -> None:
        super().__init__("import-keeper", lambda: look(transactions), every_s)
