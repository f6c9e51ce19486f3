"""A wire that is listened to until it is believed: bounce, flutter and faults settled (`edge.core.settle`)."""

import threading
import time
from collections.abc import Callable
from typing import TypeAlias

from edge.core.settle import Belief, Patience, Settling, hear, look
from edge.ports.inputs import Wire
from edge.shell.timers import Timers

Believed: TypeAlias = Callable[[Belief, Belief | None], None]
"""(what is believed now, what was before; None at first)."""


class SettledWire:
    """One wire. Beliefs are told under `turn`, from whichever thread brought them."""

    def __init__(self, patience: Patience, timers: Timers, turn: threading.RLock, believed: Believed) -> None:
        self._settling = Settling(patience)
        self._timers = timers
        self._turn = turn
        self._believed = believed

    @property
    def belief(self) -> Belief | None:
        """What is believed now; None before anything is."""
        return self._settling.believed

    def hear(self, wire: Wire) -> None:
        """What the wire says now: for `Input.watch`."""
        with self._turn:
            self._settling = hear(self._settling, wire, _now_ms())
            self._look()

    def _look(self) -> None:
        with self._turn:
            before = self._settling.believed
            self._settling, belief, wait_ms = look(self._settling, _now_ms())
            if wait_ms is not None:
                self._timers.after(wait_ms, self._look)
            if belief is not None:
                self._believed(belief, before)


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
