"""Waiting for something that another thread or program will do: bounded, and for as long as a busy machine needs."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_S = 30.0
LOOK_EVERY_S = 0.005
T = TypeVar("T")


def eventually(question: Callable[[], T]) -> T:
    """The first true answer; AssertionError when there is none for a long time."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if answer := question():
            return answer
        time.sleep(LOOK_EVERY_S)
    raise AssertionError("nothing happened")
