"""A lock behind a plain switch. Its device-independent life is tried by the relay's and the GPIO line's contract."""

import threading
import time

import pytest

from card_protocol.errors import EquipmentFault
from edge.drivers import switched
from edge.drivers.switched import SwitchedLock
from tests.support.patience import eventually


class Toggle:
    def __init__(self) -> None:
        self.turns: list[bool] = []
        self.closed = 0
        self.fault: Exception | None = None

    def turn(self, on: bool) -> None:
        if self.fault is not None:
            raise self.fault
        self.turns.append(on)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def toggle(monkeypatch: pytest.MonkeyPatch) -> Toggle:
    monkeypatch.setattr(switched, "RETRY_MS", 10)
    monkeypatch.setattr(switched, "CHECK_MS", 10)
    return Toggle()


def test_an_order_is_carried_out_before_it_returns(toggle: Toggle) -> None:
    lock = SwitchedLock("gate", lambda: toggle)
    eventually(lambda: toggle.turns)
    lock.unlock(60_000)
    assert toggle.turns[-1] is True
    lock.close()


def test_a_timed_release_ends_with_us_and_a_lasting_one_does_not(toggle: Toggle) -> None:
    for for_ms, last in ((60_000, False), (None, True)):
        lock = SwitchedLock("gate", lambda: toggle)
        eventually(lambda: toggle.turns)
        lock.unlock(for_ms)
        lock.close()
        assert toggle.turns[-1] is last
    assert toggle.closed == 2


def test_a_release_that_ran_out_while_nobody_answered_does_not_happen(toggle: Toggle) -> None:
    toggle.fault = EquipmentFault("unplugged")
    lock = SwitchedLock("gate", lambda: toggle)
    eventually(lambda: toggle.closed)
    with pytest.raises(EquipmentFault):
        lock.unlock(1)
    time.sleep(0.01)
    toggle.fault = None
    eventually(lambda: toggle.turns)
    assert True not in toggle.turns
    lock.close()


def test_a_bug_does_not_end_the_thread_that_locks_again(toggle: Toggle) -> None:
    lock = SwitchedLock("gate", lambda: toggle)
    eventually(lambda: toggle.turns)
    toggle.fault = RuntimeError("a bug")
    eventually(lambda: toggle.closed)
    toggle.fault = None
    toggle.turns.clear()
    eventually(lambda: toggle.turns)
    lock.close()


def test_a_door_that_hears_of_its_lock_and_one_that_gives_it_an_order_do_not_wait_for_each_other(
    toggle: Toggle,
) -> None:
    """The door takes its turn for both; the lock must not tell anything while it keeps orders waiting."""
    turn, watched, opening, open_now = threading.RLock(), threading.Event(), threading.Event(), threading.Event()
    heard: list[bool] = []

    def slowly() -> Toggle:
        if not watched.is_set():
            raise EquipmentFault("not there yet")
        opening.set()
        open_now.wait(10)
        return toggle

    def hear(answers: bool, _: str) -> None:
        with turn:
            heard.append(answers)

    lock = SwitchedLock("gate", slowly)
    lock.watch(hear)
    watched.set()

    def let_through() -> None:
        with turn:
            open_now.set()
            lock.unlock(60_000)

    assert opening.wait(10)
    tap = threading.Thread(target=let_through, daemon=True)
    tap.start()
    tap.join(2)
    assert not tap.is_alive()
    eventually(lambda: heard[-1:] == [True])
    lock.close()


def test_a_device_that_never_comes_can_be_closed() -> None:
    def absent() -> Toggle:
        raise EquipmentFault("not there")

    lock = SwitchedLock("gate", absent)
    with pytest.raises(EquipmentFault, match="does not answer"):
        lock.lock()
    lock.close()
