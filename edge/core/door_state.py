"""The state of a door, and the few moves that all its actions are made of."""

from dataclasses import dataclass, replace
from typing import TypeAlias

from card_protocol.words.event import EventKind, note_event
from card_protocol.words.moment import Moment
from edge.core.door_words import (
    DoorSettings,
    Effect,
    Leaf,
    Lock,
    Note,
    Release,
    SetTimer,
    Sounder,
)
from edge.ports.door import DoorMemory, DoorState, Sound


@dataclass(frozen=True)
class Door:
    """The state of one door. `recalled` is the state before a restart, until the contact has been read."""

    settings: DoorSettings
    state: DoorState = DoorState.LOCKED
    leaf: Leaf = Leaf.UNKNOWN
    free: bool = False
    hold: bool = False
    lockdown: bool = False
    fire: bool = False
    rex: bool = False
    rex_stuck: bool = False
    tampered: bool = False
    contact_faulty: bool = False
    recalled: DoorState | None = None
    timer: int = 0
    """The number of the timer of the present state; 0 when it has none."""
    rex_timer: int = 0
    timers: int = 0
    """How many were set so far."""

    @property
    def is_shut(self) -> bool:
        """Closed and locked, as far as anybody can tell: what a mantrap's other door waits for."""
        return self.state in (_S.LOCKED, _S.LOCKED_DOWN) and self.leaf is not Leaf.OPEN

    @property
    def memory(self) -> DoorMemory:
        """What must survive a restart: alarms that stand, and who said that the rules are not as always."""
        alarm = next((state for state in (self.recalled, self.state) if state in ALARMED), None)
        return DoorMemory(alarm or DoorState.LOCKED, self.lockdown, self.fire, self.hold)


Outcome: TypeAlias = tuple[Door, tuple[Effect, ...]]
_S = DoorState
REST = frozenset({_S.LOCKED, _S.FREE, _S.LOCKED_DOWN, _S.FIRE_RELEASED})
STANDS_OPEN = frozenset({_S.OPEN, _S.WARNING, _S.HELD})
ALARMED = frozenset({_S.HELD, _S.FORCED})


def recall(settings: DoorSettings, memory: DoorMemory) -> Door:
    """The door after a restart, before its first input."""
    return Door(settings, lockdown=memory.lockdown, fire=memory.fire, hold=memory.hold, recalled=memory.state)


def resting_place(door: Door) -> DoorState:
    """Where the door rests by fire, lockdown, hold and free time, in this order."""
    if door.fire:
        return _S.FIRE_RELEASED
    if door.lockdown:
        return _S.LOCKED_DOWN
    return _S.FREE if door.hold or door.free else _S.LOCKED


def settle(door: Door) -> Outcome:
    """Go to where fire, lockdown, hold and free time want the door; its leaf is closed or unknown."""
    place = resting_place(door)
    strike: Effect = Lock() if place in (_S.LOCKED, _S.LOCKED_DOWN) else Release(None)
    return replace(door, state=place, timer=0), (strike,)


def let_through(door: Door, for_ms: int) -> Outcome:
    """Release the strike for somebody."""
    after, timer = set_timer(replace(door, state=_S.UNLOCKED), for_ms)
    # With the button pressed the strike must not fall back by its own timer.
    return after, (Release(None if door.rex else for_ms), timer)


def stand_open(door: Door) -> Outcome:
    """Open with a reason; from now on somebody should close it."""
    after, timer = set_timer(replace(door, state=_S.OPEN, leaf=Leaf.OPEN, recalled=None), door.settings.held_ms)
    return after, (Release(None), timer, Sounder(Sound.QUIET))


def set_timer(door: Door, ms: int) -> tuple[Door, SetTimer]:
    """The timer of the present state; the one before it counts no more."""
    number = door.timers + 1
    return replace(door, timers=number, timer=number), SetTimer(number, ms)


def watch_button(door: Door, effects: tuple[Effect, ...]) -> Outcome:
    """From now on the button should be let go."""
    number = door.timers + 1
    return replace(door, timers=number, rex_timer=number), (*effects, SetTimer(number, door.settings.rex_stuck_ms))


def restored(door: Door, moment: Moment, was: DoorState | None = None) -> tuple[Effect, ...]:
    """The end of an alarm, if the door (or the door before the restart) was in one."""
    alarm = next((state for state in (was, door.state) if state in ALARMED), None)
    return (note(door, EventKind.DOOR_RESTORED, moment, was=alarm.value),) if alarm else ()


def note(door: Door, kind: EventKind, moment: Moment, **detail: str | int) -> Note:
    """An event at this door."""
    return Note(note_event(kind, moment, door.settings.point, **detail))
