"""What keeps a door shut."""

from enum import StrEnum
from typing import Protocol


class LockState(StrEnum):
    """What the lock was last told, as far as the driver knows."""

    LOCKED = "locked"
    UNLOCKED = "unlocked"
    NONE = "none"
    """There is no lock: a service point."""


class Lock(Protocol):
    """A strike, a magnet, a barrier. Methods return at once and raise EquipmentFault when the device has gone."""

    def unlock(self, for_ms: int) -> None:
        """Let people through for `for_ms`, then lock by itself; a second call starts the time anew.

        Drivers use the device's own timer where it has one, so that the door locks again even if we die.
        """
        ...

    def lock(self) -> None:
        """Lock now."""
        ...

    @property
    def state(self) -> LockState:
        """As far as the driver knows."""
        ...

    def close(self) -> None:
        """Lock and let the device go. Never raises."""
        ...
