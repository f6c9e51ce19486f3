"""The simulated strike and its timer."""

import pytest

from edge.drivers.no_lock import NoLock
from edge.drivers.sim_lock import SimLock
from edge.ports.lock import LockState
from tests.edge.drivers.lock_contract import LockContract, Strike


class SimStrike(Strike):
    def __init__(self) -> None:
        self.sim = SimLock("gate")

    def is_released(self) -> bool:
        return self.sim.state is LockState.UNLOCKED


class TestContract(LockContract):
    @pytest.fixture
    def strike(self) -> SimStrike:
        return SimStrike()

    @pytest.fixture
    def lock(self, strike: SimStrike) -> SimLock:
        return strike.sim


def test_a_strike_falls_back_on_the_nanosecond() -> None:
    now_ns = 0
    lock = SimLock("gate", mono_ns=lambda: now_ns)
    lock.unlock(3000)
    now_ns = 2_999_999_999
    assert lock.state is LockState.UNLOCKED
    now_ns = 3_000_000_000
    assert lock.state is LockState.LOCKED
    lock.unlock(3000)
    lock.close()
    assert lock.state is LockState.LOCKED


def test_no_lock_says_that_it_is_none() -> None:
    lock = NoLock()
    lock.unlock(3000)
    assert lock.state is LockState.NONE
