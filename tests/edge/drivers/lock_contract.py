"""What every lock driver must do. A driver's test inherits this and says how to make a lock and look at its strike."""

from collections.abc import Callable

import pytest

from card_protocol.errors import EquipmentFault
from edge.ports.lock import Lock, LockState
from tests.support.patience import eventually

LONG_MS = 60_000


class Strike:
    """The other end of the wire, and the plug between."""

    def is_released(self) -> bool:
        raise NotImplementedError

    def unplug(self) -> None:
        """Pull the plug."""
        raise NotImplementedError

    def plug(self) -> None:
        """Put it back."""
        raise NotImplementedError


def order(lock: Lock, act: Callable[[], None]) -> None:
    """Give an order as soon as the device is there."""

    def tried() -> bool:
        try:
            act()
        except EquipmentFault:
            return False
        return True

    assert lock
    eventually(tried)


class LockContract:
    """`lock` and the `strike` that it moves; locked at first."""

    @pytest.fixture
    def strike(self) -> Strike:
        raise NotImplementedError

    @pytest.fixture
    def lock(self, strike: Strike) -> Lock:
        raise NotImplementedError

    def test_it_is_locked_at_first(self, lock: Lock, strike: Strike) -> None:
        assert lock.state is LockState.LOCKED
        assert not strike.is_released()

    def test_it_is_released_until_it_is_locked(self, lock: Lock, strike: Strike) -> None:
        order(lock, lambda: lock.unlock(None))
        eventually(strike.is_released)
        assert lock.state is LockState.UNLOCKED
        lock.lock()
        eventually(lambda: not strike.is_released())
        assert lock.state is LockState.LOCKED

    def test_a_timed_release_ends_by_itself(self, lock: Lock, strike: Strike) -> None:
        order(lock, lambda: lock.unlock(300))
        eventually(strike.is_released)
        eventually(lambda: not strike.is_released())

    def test_a_second_release_starts_the_time_anew(self, lock: Lock, strike: Strike) -> None:
        order(lock, lambda: lock.unlock(300))
        lock.unlock(LONG_MS)
        eventually(strike.is_released)
        lock.unlock(100)
        eventually(lambda: not strike.is_released())

    def test_who_watches_hears_that_it_answers(self, lock: Lock) -> None:
        heard: list[bool] = []
        lock.watch(lambda answers, _: heard.append(answers))
        eventually(lambda: heard[-1:] in ([True], []))

    def test_it_can_be_closed(self, lock: Lock) -> None:
        lock.close()


class PluggedLockContract(LockContract):
    """For a device that can be pulled out: `strike` knows how."""

    def test_an_order_while_it_is_unplugged_is_carried_out_when_it_is_back(self, lock: Lock, strike: Strike) -> None:
        heard: list[bool] = []
        lock.watch(lambda answers, _: heard.append(answers))
        order(lock, lock.lock)
        strike.unplug()
        eventually(lambda: heard[-1:] == [False])
        with pytest.raises(EquipmentFault):
            lock.unlock(None)
        strike.plug()
        eventually(strike.is_released)
        eventually(lambda: heard[-1:] == [True])
