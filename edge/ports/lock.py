"""What keeps a door shut."""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, TypeAlias


class LockState(StrEnum):
    """What the lock was last told, as far as the driver knows."""

    LOCKED = "locked"
    UNLOCKED = "unlocked"
    NONE = "none"
    """There is no lock: a service point."""


LockWatcher: TypeAlias = Callable[[bool, str], None]
"""Called with whether the device answers, and why not; from the device's own thread."""


class Opener(Protocol):
    """Whatever lets somebody through when a tap says so: a door, or a bare lock."""

    def unlock(self, for_ms: int) -> None:
        """Let somebody through; returns at once, EquipmentFault when the device has gone."""
        ...


class Lock(Protocol):
    """A strike, a magnet, a barrier. Methods return at once and raise EquipmentFault when the device has gone.

    A device that has gone is opened again by its driver, which then makes it what it was last told to be: people
    who pressed the exit button meanwhile get out.
    """

    def unlock(self, for_ms: int | None) -> None:
        """Let people through for `for_ms` and lock by itself, or until told otherwise (None).

        A second call starts the time anew. Drivers use the device's own timer where it has one, so that the door
        locks again even if we die.
        """
        ...

    def lock(self) -> None:
        """Lock now."""
        ...

    @property
    def state(self) -> LockState:
        """As far as the driver knows."""
        ...

    def watch(self, watcher: LockWatcher) -> None:
        """Call `watcher` when the device stops answering, and when it answers again."""
        ...

    def close(self) -> None:
        """Let the device go. Never raises."""
        ...
