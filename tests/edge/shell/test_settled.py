"""A wire's shell: beliefs come under the lock, late ones by a timer."""

import threading
from collections.abc import Iterator

import pytest

from edge.core.settle import BUTTON, Belief, Patience
from edge.ports.inputs import Wire
from edge.shell.settled import SettledWire
from edge.shell.timers import Timers
from tests.support.patience import eventually


@pytest.fixture
def timers() -> Iterator[Timers]:
    timers = Timers()
    yield timers
    timers.close()


def test_a_press_is_believed_at_once_and_a_release_when_it_lasted(timers: Timers) -> None:
    told: list[tuple[Belief, Belief | None]] = []
    wire = SettledWire(BUTTON, timers, threading.RLock(), lambda now, before: told.append((now, before)))
    wire.hear(Wire.ON)
    assert told == [(Belief.ON, None)]
    wire.hear(Wire.OFF)
    eventually(lambda: told == [(Belief.ON, None), (Belief.OFF, Belief.ON)])


def test_a_device_that_stays_silent_is_a_fault(timers: Timers) -> None:
    told: list[Belief] = []
    wire = SettledWire(Patience(fault_ms=5), timers, threading.RLock(), lambda now, _: told.append(now))
    wire.hear(Wire.SILENT)
    eventually(lambda: told == [Belief.SILENT])
