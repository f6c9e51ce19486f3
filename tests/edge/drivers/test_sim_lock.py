"""The simulated strike and its timer."""

from edge.drivers.no_lock import NoLock
from edge.drivers.sim_lock import SimLock
from edge.ports.lock import LockState


def test_a_strike_falls_back_by_itself() -> None:
    now_ns = 0
    lock = SimLock("gate", mono_ns=lambda: now_ns)
    assert lock.state is LockState.LOCKED
    lock.unlock(3000)
    now_ns = 2_999_999_999
    assert lock.state is LockState.UNLOCKED
    now_ns = 3_000_000_000
    assert lock.state is LockState.LOCKED


def test_a_second_unlock_starts_the_time_anew_and_lock_ends_it() -> None:
    now_ns = 0
    lock = SimLock("gate", mono_ns=lambda: now_ns)
    lock.unlock(3000)
    now_ns = 2_000_000_000
    lock.unlock(3000)
    now_ns = 4_000_000_000
    assert lock.state is LockState.UNLOCKED
    lock.lock()
    assert lock.state is LockState.LOCKED


def test_a_closed_lock_is_locked() -> None:
    lock = SimLock("gate")
    lock.unlock(60_000)
    lock.close()
    assert lock.state is LockState.LOCKED


def test_no_lock_says_that_it_is_none() -> None:
    lock = NoLock()
    lock.unlock(3000)
    assert lock.state is LockState.NONE
