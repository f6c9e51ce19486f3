"""The first run."""

from pathlib import Path

import pytest
from argon2 import PasswordHasher

from server.services.setup import FIRST_ADMIN, first_run
from server.services.units import org
from server.services.users import users
from server.services.users.passwords import Passwords
from server.services.work import Transactions
from server.tables import Row
from server.tables.engine import make_engine
from tests.server.build import COMMUNITY, NOW_MS, Dice


@pytest.fixture
def transactions(tmp_path: Path) -> Transactions:
    engine = make_engine(f"sqlite:///{tmp_path / 'server.db'}")
    Row.metadata.create_all(engine)
    return Transactions(engine, clock=lambda: NOW_MS, real_clock=lambda: NOW_MS, entropy=Dice())


def test_it_makes_what_is_missing_once(transactions: Transactions) -> None:
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    made = first_run(transactions, passwords, COMMUNITY, "善贤社区")
    assert made.password is not None
    with transactions.read() as session:
        row = users.row_of(session, FIRST_ADMIN)
        assert (row.role, row.must_change) == ("admin", True)
        assert passwords.verify(row.password_hash, made.password)
    assert first_run(transactions, passwords, COMMUNITY, "another name").password is None
    with transactions.read() as session:
        assert org.get(session, COMMUNITY).name_zh == "善贤社区"
