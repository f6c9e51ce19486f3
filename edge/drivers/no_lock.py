"""No lock: a service point (clinic, care, activities) has nothing to open."""

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
