"""No lock: a service point (clinic, care, activities) has nothing to open."""

from edge.ports.lock import LockState


class NoLock:
    """Does nothing, and says so."""

    state = LockState.NONE

    def unlock(self, for_ms: int) -> None:
        """Nothing to unlock."""

    def lock(self) -> None:
        """Nothing to lock."""

    def close(self) -> None:
        """Nothing to close."""
