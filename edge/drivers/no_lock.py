"""No lock: a service point (clinic, care, activities) has nothing to open. And a lock that cannot be had."""

from card_protocol.errors import EquipmentFault
from edge.ports.lock import LockState, LockWatcher


class NoLock:
    """Does nothing, and says so."""

    state = LockState.NONE

    def unlock(self, for_ms: int | None) -> None:
        """Nothing to unlock."""

    def lock(self) -> None:
        """Nothing to lock."""

    def watch(self, watcher: LockWatcher) -> None:
        """It always answers."""

    def close(self) -> None:
        """Nothing to close."""


class AbsentLock(NoLock):
    """A lock that the installer named and that is not there: every order says so, the point goes on without."""

    state = LockState.LOCKED

    def __init__(self, why: str) -> None:
        self._why = why

    def unlock(self, for_ms: int | None) -> None:  # noqa: ARG002
        """See `Lock.unlock`."""
        raise EquipmentFault(self._why)

    def lock(self) -> None:
        """See `Lock.lock`."""
        raise EquipmentFault(self._why)

    def watch(self, watcher: LockWatcher) -> None:
        """See `Lock.watch`."""
        watcher(False, self._why)
