"""Waiting for something that another thread or program will do: bounded, and for as long as a busy machine needs."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_S = 30.0
LOOK_FIRST_S = 0.005
LOOK_SLOWER = 1.3
LOOK_SLOWEST_S = 0.1
"""Who asks all the time takes the processor from whoever is to answer."""
T = TypeVar("T")


def eventually(question: Callable[[], T]) -> T:
    """The first true answer; AssertionError when there is none for a long time."""
    deadline, pause_s = time.monotonic() + PATIENCE_S, LOOK_FIRST_S
    while time.monotonic() < deadline:
        if answer := question():
            return answer
        time.sleep(pause_s)
        pause_s = min(pause_s * LOOK_SLOWER, LOOK_SLOWEST_S)
    raise AssertionError("nothing happened")
