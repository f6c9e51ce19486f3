"""What happens to a door and what it asks for: the words between the door machine and its shell."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from card_protocol.words.event import Event
from edge.ports.door import DoorMemory, Sound


class Leaf(StrEnum):
    """What the contact says, once settled."""

    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"
    """No contact is fitted, its wiring is faulty, or it was not read yet."""


@dataclass(frozen=True)
class DoorSettings:
    """What the installer chose for one door. Times in milliseconds."""

    point: str
    rex_ms: int = 3_000
    """How long a press on the exit button releases the door."""
    held_ms: int = 30_000
    """How long it may stand open before it beeps."""
    alarm_ms: int = 15_000
    """How long it beeps before it is an alarm."""
    rex_stuck_ms: int = 60_000
    """How long a button may be pressed before somebody should look at it."""


# ---- what happens


@dataclass(frozen=True)
class Started:
    """The daemon is up; the door has not been looked at yet."""


@dataclass(frozen=True)
class Granted:
    """The decider let somebody through, and it is on record."""

    for_ms: int


@dataclass(frozen=True)
class RexPressed:
    """The exit button, or the switch in the handle on the inside."""


@dataclass(frozen=True)
class RexReleased:
    """It was let go."""


@dataclass(frozen=True)
class Opened:
    """The contact says open, and has settled."""


@dataclass(frozen=True)
class Closed:
    """The contact says closed, and has settled."""


@dataclass(frozen=True)
class ContactLost:
    """The contact cannot be believed: cut or shorted wire, or it flutters. `why` for the record."""

    why: str


@dataclass(frozen=True)
class Tampered:
    """The housing of reader or controller was opened (or closed again)."""

    on: bool


@dataclass(frozen=True)
class FreeTime:
    """The schedule during which the door stands unlocked begins or ends."""

    on: bool


@dataclass(frozen=True)
class Hold:
    """Somebody at the server wants the door to stand unlocked, or not any more."""

    on: bool


@dataclass(frozen=True)
class Lockdown:
    """The door's area is locked down, or not any more."""

    on: bool


@dataclass(frozen=True)
class Fire:
    """The fire panel's contact."""

    on: bool


@dataclass(frozen=True)
class TimerEnded:
    """A timer ran out. One that was replaced meanwhile is known by its number and ignored."""

    number: int


Input: TypeAlias = (
    Started
    | Granted
    | RexPressed
    | RexReleased
    | Opened
    | Closed
    | ContactLost
    | Tampered
    | FreeTime
    | Hold
    | Lockdown
    | Fire
    | TimerEnded
)


# ---- what the machine asks for, in order


@dataclass(frozen=True)
class Release:
    """Let the strike go: for `for_ms`, or until told otherwise."""

    for_ms: int | None


@dataclass(frozen=True)
class Lock:
    """Lock."""


@dataclass(frozen=True)
class SetTimer:
    """Answer with TimerEnded(number) after `ms`."""

    number: int
    ms: int


@dataclass(frozen=True)
class Sounder:
    """What the sounder does from now on."""

    sound: Sound


@dataclass(frozen=True)
class Note:
    """Write the event; no answer."""

    event: Event


@dataclass(frozen=True)
class Remember:
    """Keep this for the next start."""

    memory: DoorMemory


Effect: TypeAlias = Release | Lock | SetTimer | Sounder | Note | Remember
