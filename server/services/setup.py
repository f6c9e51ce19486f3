"""The first run: org unit, first admin. Running it again changes nothing that is there."""

from dataclasses import dataclass

from server.services.roles import Role
from server.services.units import org
from server.services.units.org import OrgUnitIn
from server.services.users import users
from server.services.users.passwords import Passwords
from server.services.users.users import UserIn
from server.services.work import SYSTEM, Transactions
from server.tables import OrgUnitRow

FIRST_ADMIN = "admin"


@dataclass(frozen=True)
class FirstRun:
    """What was made. `password` is the one-time password of the first admin, None when there is one already."""

    admin: str
    password: str | None


def first_run(transactions: Transactions, passwords: Passwords, community: str, name: str) -> FirstRun:
    """Make what is missing."""
    with transactions.work(SYSTEM) as work:
        if work.session.get(OrgUnitRow, community) is None:
            org.add(work, OrgUnitIn(code=community, name_zh=name))
        if users.any_user(work.session):
            return FirstRun(FIRST_ADMIN, None)
        _, password = users.add(work, passwords, UserIn(name=FIRST_ADMIN, role=Role.ADMIN, org=community))
        return FirstRun(FIRST_ADMIN, password)
