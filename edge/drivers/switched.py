"""A lock behind a plain switch that has no timer of its own: relay boards, GPIO lines.

We are its timer, so it stays as it is when we die: such a lock wants a strike that locks without current, or a board
with a watchdog (hardware.md). A switch that has gone is opened again, and made what it was last told to be.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from card_protocol.errors import EquipmentFault
from edge.ports.lock import LockState, LockWatcher

RETRY_MS: Final = 1000
CHECK_MS: Final = 2000
"""How often a switch that nobody touches is tried: a board that was pulled out must be noticed before it is needed."""

CLOSE_TIMEOUT_MS: Final = 3000

_log = structlog.get_logger()


class Switch(Protocol):
    """One switch of a device that is open. EquipmentFault when it has gone."""

    def turn(self, on: bool) -> None:
        """On lets people through."""
        ...

    def close(self) -> None:
        """Let the device go. Never raises."""
        ...


@dataclass(frozen=True)
class _Wanted:
    on: bool = False
    until_ns: int | None = None

    def at(self, now_ns: int) -> bool:
        return self.on and (self.until_ns is None or now_ns < self.until_ns)


class SwitchedLock:
    """A thread keeps the switch what it shall be; orders are carried out at once in the thread of who gives them.

    The thread also tells the watchers, and holds nothing while it does: a door that hears takes its turn, and one that
    has its turn gives orders.
    """

    def __init__(self, name: str, open_switch: Callable[[], Switch]) -> None:
        self.name = name
        self._open_switch = open_switch
        self._switch: Switch | None = None
        self._wanted = _Wanted()
        self._news = threading.Condition()
        self._watchers: list[LockWatcher] = []
        self._untold: list[tuple[LockWatcher, bool, str]] = []
        self._stirred = False
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=f"lock {name}", daemon=True)
        self._thread.start()

    def unlock(self, for_ms: int | None) -> None:
        """See `Lock.unlock`."""
        self._order(_Wanted(True, None if for_ms is None else time.monotonic_ns() + for_ms * 1_000_000))

    def lock(self) -> None:
        """See `Lock.lock`."""
        self._order(_Wanted())

    @property
    def state(self) -> LockState:
        """See `Lock.state`."""
        return LockState.UNLOCKED if self._wanted.at(time.monotonic_ns()) else LockState.LOCKED

    def watch(self, watcher: LockWatcher) -> None:
        """See `Lock.watch`."""
        with self._news:
            self._watchers.append(watcher)
            if self._switch is not None:
                self._untold.append((watcher, True, ""))
                self._stir()

    def close(self) -> None:
        """See `Lock.close`. What the door's keeper wanted last is kept; a timed release ends with us."""
        with self._news:
            self._closing = True
            self._stir()
        self._thread.join(CLOSE_TIMEOUT_MS / 1000)

    def _order(self, wanted: _Wanted) -> None:
        with self._news:
            self._wanted = wanted
            self._stir()
            if self._switch is None:
                raise EquipmentFault(f"the lock {self.name} does not answer")
            self._turn()

    def _turn(self) -> None:
        assert self._switch is not None
        try:
            self._switch.turn(self._wanted.at(time.monotonic_ns()))
        except EquipmentFault as fault:
            self._lose(str(fault))
            raise

    def _lose(self, why: str) -> None:
        if self._switch is not None:
            self._switch.close()
            self._switch = None
            _log.warning("lock_lost", lock=self.name, why=why)
        self._tell(False, why)

    def _tell(self, answers: bool, why: str) -> None:
        self._untold += [(watcher, answers, why) for watcher in self._watchers]
        self._stir()

    def _stir(self) -> None:
        """There is something for the thread to do, which may not be waiting just now."""
        self._stirred = True
        self._news.notify()

    def _run(self) -> None:
        while not self._closing:
            with self._news:
                wait_ms = self._keep()
                untold, self._untold = self._untold, []
                self._stirred = False
            for watcher, answers, why in untold:
                try:
                    watcher(answers, why)
                except Exception:
                    # A bug of who hears it must not end the thread either.
                    _log.exception("lock_watcher_failed", lock=self.name)
            with self._news:
                self._news.wait_for(lambda: self._stirred, wait_ms / 1000)
        with self._news:
            if self._switch is not None:
                if self._wanted.until_ns is not None:
                    self._wanted = _Wanted()
                    self._try_turn()
                if self._switch is not None:
                    self._switch.close()

    def _keep(self) -> int:
        """Make the switch what it shall be; how long [ms] it stays so."""
        if self._switch is None and not self._open():
            return RETRY_MS
        if not self._try_turn():
            return RETRY_MS
        if self._wanted.until_ns is None:
            return CHECK_MS
        left_ms = (self._wanted.until_ns - time.monotonic_ns()) // 1_000_000 + 1
        return min(max(left_ms, 1), CHECK_MS) if left_ms > 0 else CHECK_MS

    def _open(self) -> bool:
        try:
            self._switch = self._open_switch()
        except EquipmentFault as fault:
            self._lose(str(fault))
            return False
        _log.info("lock_open", lock=self.name)
        self._tell(True, "")
        return True

    def _try_turn(self) -> bool:
        try:
            self._turn()
        except EquipmentFault:
            return False
        except Exception as bug:
            # A bug must not end the thread that locks the door again.
            _log.exception("lock_failed", lock=self.name)
            self._lose(f"internal: {type(bug).__name__}")
            return False
        return True
