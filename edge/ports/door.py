"""What a door needs besides its lock and wires: a sounder, and a memory that survives a restart."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class DoorState(StrEnum):
    """Where a door is. The first five are a passage or a breach; the last four are where it rests."""

    UNLOCKED = "unlocked"
    """Released for somebody, not opened yet."""
    OPEN = "open"
    """Open, and somebody was let through."""
    WARNING = "warning"
    """Open for too long: it beeps."""
    HELD = "held"
    """Open for much too long: an alarm."""
    FORCED = "forced"
    """Opened though nobody was let through: an alarm."""
    LOCKED = "locked"
    FREE = "free"
    """Unlocked by schedule, or held open by a command."""
    LOCKED_DOWN = "locked_down"
    FIRE_RELEASED = "fire_released"


class Sound(StrEnum):
    """What the sounder at the door does."""

    QUIET = "quiet"
    WARN = "warn"
    ALARM = "alarm"


@dataclass(frozen=True)
class DoorMemory:
    """What survives a restart."""

    state: DoorState = DoorState.LOCKED
    lockdown: bool = False
    fire: bool = False
    hold: bool = False


class DoorSounder(Protocol):
    """A buzzer at the door."""

    def sound(self, sound: Sound) -> None:
        """From now on; returns at once, EquipmentFault when the device has gone."""
        ...


class DoorStore(Protocol):
    """Where doors remember. Never raises: a door that forgot is a door that was just installed."""

    def recall(self, point: str) -> DoorMemory:
        """What was last kept, or a fresh memory."""
        ...

    def keep(self, point: str, memory: DoorMemory) -> None:
        """Keep it soon; returns at once, because somebody may be waiting at the door."""
        ...
