"""A simulated lock: a strike with its own timer, as the good ones have."""

import time
from collections.abc import Callable

import structlog

from edge.ports.lock import LockState, LockWatcher

FOR_EVER_NS = 2**63

_log = structlog.get_logger()


class SimLock:
    """Unlocked until a moment that passes by itself. `mono_ns` is the clock, for tests."""

    def __init__(self, name: str, mono_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self.name = name
        self._mono_ns = mono_ns
        self._until_ns = 0

    def unlock(self, for_ms: int | None) -> None:
        """See `Lock.unlock`."""
        self._until_ns = FOR_EVER_NS if for_ms is None else self._mono_ns() + for_ms * 1_000_000
        _log.info("strike_on", lock=self.name, for_ms=for_ms)

    def lock(self) -> None:
        """See `Lock.lock`."""
        self._until_ns = 0
        _log.info("strike_off", lock=self.name)

    @property
    def state(self) -> LockState:
        """See `Lock.state`."""
        return LockState.UNLOCKED if self._mono_ns() < self._until_ns else LockState.LOCKED

    def watch(self, watcher: LockWatcher) -> None:
        """See `Lock.watch`. It always answers."""

    def close(self) -> None:
        """See `Lock.close`."""
        self._until_ns = 0
