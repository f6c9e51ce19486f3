"""Looks after the clocks of incidents: whose time is over goes up a level by itself.

By the community's clock, which may be a played day; so the thread looks often, and a look costs one small query.
"""

import structlog

from server.services.incidents.incidents import escalate_overdue
from server.services.lookout import Lookout
from server.services.work import Transactions

LOOK_EVERY_S = 5.0

_log = structlog.get_logger()


class IncidentKeeper(Lookout):
    """The thread."""

    def __init__(self, transactions: Transactions, home: str) -> None:
        super().__init__("incident-keeper", lambda: look(transactions, home), LOOK_EVERY_S)


def look(transactions: Transactions, home: str) -> list[int]:
    """Escalate what is overdue; which."""
    moved = escalate_overdue(transactions, home)
    for number in moved:
        _log.info("incident_overdue", number=number)
    return moved
