"""The door machine: leaf, strike, button and alarms, without I/O.

A door rests in LOCKED, FREE, LOCKED_DOWN or FIRE_RELEASED: where, follows from three facts (fire before lockdown
before free time). From there somebody is let through, or it is forced:

    rest ─ Granted, RexPressed ─► UNLOCKED ─ Opened ─► OPEN ─► WARNING ─► HELD
      └──── Opened ───────────► FORCED                   └──── Closed ────► rest

Two promises, kept by tests under every order of inputs: a released strike has a reason (somebody was let through, the
door stands open, free time, fire), and nobody is locked in: a press on the exit button and the fire panel release
the strike as the first effect, in every state, before anything is recorded.

A button that stays pressed keeps the door released and becomes an alarm: a stuck button must not lock people in.
The strike stays released while the leaf is open and locks when it closes, which suits strikes, magnets and motor bolts.
`step` is total: what the table does not name changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from card_protocol.words.event import EventKind, note_event
from card_protocol.words.moment import Moment
from edge.core.door_words import (
    Closed,
    ContactLost,
    DoorMemory,
    DoorSettings,
    DoorState,
    Effect,
    Fire,
    FreeTime,
    Granted,
    Input,
    Leaf,
    Lock,
    Lockdown,
    Note,
    Opened,
    Release,
    Remember,
    RexPressed,
    RexReleased,
    SetTimer,
    Sound,
    Sounder,
    Started,
    Tampered,
    TimerEnded,
)


@dataclass(frozen=True)
class Door:
    """The state of one door. `recalled` is the state before a restart, until the contact has been read."""

    settings: DoorSettings
    state: DoorState = DoorState.LOCKED
    leaf: Leaf = Leaf.UNKNOWN
    free: bool = False
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
        """What must survive a restart."""
        return DoorMemory(self.state, self.lockdown, self.fire)


Outcome: TypeAlias = tuple[Door, tuple[Effect, ...]]
_S = DoorState
REST = frozenset({_S.LOCKED, _S.FREE, _S.LOCKED_DOWN, _S.FIRE_RELEASED})
STANDS_OPEN = frozenset({_S.OPEN, _S.WARNING, _S.HELD})
ALARMED = frozenset({_S.HELD, _S.FORCED})


def recall(settings: DoorSettings, memory: DoorMemory) -> Door:
    """The door after a restart, before its first input."""
    return Door(settings, lockdown=memory.lockdown, fire=memory.fire, recalled=memory.state)


def step(door: Door, happened: Input, moment: Moment) -> Outcome:
    """What follows from something that happened at a moment: the new state, and effects to perform in order."""
    row = TABLE.get((door.state, type(happened)))
    if row is None:
        return door, ()
    action, allowed = row
    after, effects = action(door, happened, moment)
    assert after.state in allowed, f"{door.state} may not lead to {after.state}"
    if after.memory != door.memory:
        effects = (*effects, Remember(after.memory))
    return after, effects


def resting_place(door: Door) -> DoorState:
    """Where the door rests by fire, lockdown and free time."""
    if door.fire:
        return _S.FIRE_RELEASED
    if door.lockdown:
        return _S.LOCKED_DOWN
    return _S.FREE if door.free else _S.LOCKED


# ---- the actions


def _started(door: Door, _: Started, __: Moment) -> Outcome:
    return _rest(door)


def _granted(door: Door, granted: Granted, _: Moment) -> Outcome:
    return _let_through(door, granted.for_ms)


def _granted_while_open(door: Door, _: Granted, moment: Moment) -> Outcome:
    """Somebody who may pass takes over: the time starts anew, an alarm is over."""
    after, effects = _stand_open(door)
    return after, (*effects, *_restored(door, moment))


def _rex_pressed(door: Door, _: RexPressed, moment: Moment) -> Outcome:
    if door.rex:
        return door, ()
    after, effects = _let_through(replace(door, rex=True), door.settings.rex_ms)
    return _watch_button(after, (*effects, _note(door, EventKind.EGRESS, moment)))


def _rex_noticed(door: Door, _: RexPressed, __: Moment) -> Outcome:
    """The door is released already, or stands open. Releasing once more harms nobody."""
    if door.rex:
        return door, ()
    return _watch_button(replace(door, rex=True), (Release(None),))


def _rex_released(door: Door, _: RexReleased, moment: Moment) -> Outcome:
    note = (_note(door, EventKind.DOOR_INPUT_BACK, moment, input="rex"),) if door.rex_stuck else ()
    return replace(door, rex=False, rex_stuck=False, rex_timer=0), note


def _contact(action: "Action") -> "Action":
    """A contact that speaks again after a fault is told first."""

    def heard(door: Door, happened: Input, moment: Moment) -> Outcome:
        if not door.contact_faulty:
            return action(door, happened, moment)
        after, effects = action(replace(door, contact_faulty=False), happened, moment)
        return after, (*effects, _note(door, EventKind.DOOR_INPUT_BACK, moment, input="contact"))

    return heard


def _opened(door: Door, _: Opened, __: Moment) -> Outcome:
    return _stand_open(door)


def _opened_at_rest(door: Door, _: Opened, moment: Moment) -> Outcome:
    """With a leaf that was closed, it is forced. One that was not known may have been open for long."""
    if door.leaf is Leaf.CLOSED or door.recalled is _S.FORCED:
        note = () if door.recalled is _S.FORCED else (_note(door, EventKind.DOOR_FORCED, moment),)
        after = replace(door, state=_S.FORCED, leaf=Leaf.OPEN, recalled=None, timer=0)
        return after, (Sounder(Sound.ALARM), *note)
    if door.recalled is _S.HELD:
        return replace(door, state=_S.HELD, leaf=Leaf.OPEN, recalled=None, timer=0), (Sounder(Sound.ALARM),)
    return _stand_open(door)


def _leaf_opened(door: Door, _: Opened, moment: Moment) -> Outcome:
    return replace(door, leaf=Leaf.OPEN, recalled=None), _restored(door, moment, was=door.recalled)


def _leaf_closed(door: Door, _: Closed, moment: Moment) -> Outcome:
    """Closed, where that changes no more than what we know of the leaf. An alarm from before a restart is over."""
    restored = _restored(door, moment, was=door.recalled)
    return replace(door, leaf=Leaf.CLOSED, recalled=None), restored


def _closed(door: Door, _: Closed, moment: Moment) -> Outcome:
    restored = _restored(door, moment)
    after = replace(door, leaf=Leaf.CLOSED)
    if door.rex:
        released, effects = _let_through(after, door.settings.rex_ms)
        return released, (*effects, Sounder(Sound.QUIET), *restored)
    after, effects = _rest(after)
    return after, (*effects, Sounder(Sound.QUIET), *restored)


def _contact_lost(door: Door, lost: ContactLost, moment: Moment) -> Outcome:
    """Without eyes the door locks as one that has no contact. What the alarm was about nobody can see any more."""
    if door.contact_faulty:
        return door, ()
    note = _note(door, EventKind.DOOR_INPUT_FAULT, moment, input="contact", fault=lost.why)
    blind = replace(door, leaf=Leaf.UNKNOWN, recalled=None, contact_faulty=True)
    if door.state in STANDS_OPEN or door.state is _S.FORCED:
        after, effects = _let_through(blind, door.settings.rex_ms) if door.rex else _rest(blind)
        return after, (*effects, Sounder(Sound.QUIET), note)
    return blind, (note,)


def _tampered(door: Door, tampered: Tampered, moment: Moment) -> Outcome:
    if tampered.on == door.tampered:
        return door, ()
    kind = EventKind.DOOR_TAMPERED if tampered.on else EventKind.DOOR_TAMPER_ENDED
    return replace(door, tampered=tampered.on), (_note(door, kind, moment),)


def _free_time(door: Door, free: FreeTime, _: Moment) -> Outcome:
    return _rules_changed(door, replace(door, free=free.on), ())


def _lockdown(door: Door, lockdown: Lockdown, moment: Moment) -> Outcome:
    if lockdown.on == door.lockdown:
        return door, ()
    kind = EventKind.LOCKDOWN_STARTED if lockdown.on else EventKind.LOCKDOWN_ENDED
    after = replace(door, lockdown=lockdown.on)
    if door.state is _S.UNLOCKED and lockdown.on and not door.rex:
        # Who was let through a moment ago and has not opened yet does not come in any more.
        rested, effects = _rest(after)
        return rested, (*effects, _note(door, kind, moment))
    return _rules_changed(door, after, (_note(door, kind, moment),))


def _fire(door: Door, fire: Fire, moment: Moment) -> Outcome:
    if fire.on == door.fire:
        return door, ()
    after = replace(door, fire=fire.on)
    if fire.on:
        return replace(after, state=_S.FIRE_RELEASED, timer=0), (
            Release(None),
            Sounder(Sound.QUIET),
            _note(door, EventKind.FIRE_RELEASED, moment),
            *_restored(door, moment),
        )
    return _rules_changed(door, after, (_note(door, EventKind.FIRE_ENDED, moment),))


def _timer_ended(door: Door, ended: TimerEnded, moment: Moment) -> Outcome:
    if ended.number == door.rex_timer and door.rex:
        note = _note(door, EventKind.DOOR_INPUT_FAULT, moment, input="rex", fault="stuck")
        return replace(door, rex_timer=0, rex_stuck=True), (note,)
    if ended.number != door.timer or not door.timer:
        return door, ()
    return _PHASE_ENDED[door.state](door, moment)


def _passage_ended(door: Door, _: Moment) -> Outcome:
    if door.rex:
        return _let_through(door, door.settings.rex_ms)
    return _rest(door)


def _held_too_long(door: Door, _: Moment) -> Outcome:
    after, timer = _set_timer(replace(door, state=_S.WARNING), door.settings.alarm_ms)
    return after, (timer, Sounder(Sound.WARN))


def _held_much_too_long(door: Door, moment: Moment) -> Outcome:
    after = replace(door, state=_S.HELD, timer=0)
    return after, (Sounder(Sound.ALARM), _note(door, EventKind.DOOR_HELD, moment))


_PHASE_ENDED: dict[DoorState, Callable[[Door, Moment], Outcome]] = {
    _S.UNLOCKED: _passage_ended,
    _S.OPEN: _held_too_long,
    _S.WARNING: _held_much_too_long,
}


# ---- what the actions share


def _rest(door: Door) -> Outcome:
    """Go to where fire, lockdown and free time want the door; its leaf is closed or unknown."""
    place = resting_place(door)
    strike: Effect = Lock() if place in (_S.LOCKED, _S.LOCKED_DOWN) else Release(None)
    return replace(door, state=place, timer=0), (strike,)


def _let_through(door: Door, for_ms: int) -> Outcome:
    after, timer = _set_timer(replace(door, state=_S.UNLOCKED), for_ms)
    # With the button pressed the strike must not fall back by its own timer.
    return after, (Release(None if door.rex else for_ms), timer)


def _stand_open(door: Door) -> Outcome:
    after, timer = _set_timer(replace(door, state=_S.OPEN, leaf=Leaf.OPEN, recalled=None), door.settings.held_ms)
    return after, (Release(None), timer, Sounder(Sound.QUIET))


def _rules_changed(before: Door, after: Door, notes: tuple[Effect, ...]) -> Outcome:
    """Fire, lockdown or free time changed: a door at rest moves, one in a passage follows when that is over."""
    if before.state not in REST:
        return after, notes
    place = resting_place(after)
    if place is before.state:
        return after, notes
    if place in (_S.LOCKED, _S.LOCKED_DOWN) and after.leaf is Leaf.OPEN and before.state in (_S.FREE, _S.FIRE_RELEASED):
        opened, effects = _stand_open(after)
        return opened, (*effects, *notes)
    if place in (_S.LOCKED, _S.LOCKED_DOWN) and after.rex:
        released, effects = _let_through(after, after.settings.rex_ms)
        return released, (*effects, *notes)
    rested, effects = _rest(after)
    return rested, (*effects, *notes)


def _set_timer(door: Door, ms: int) -> tuple[Door, SetTimer]:
    number = door.timers + 1
    return replace(door, timers=number, timer=number), SetTimer(number, ms)


def _watch_button(door: Door, effects: tuple[Effect, ...]) -> Outcome:
    number = door.timers + 1
    return replace(door, timers=number, rex_timer=number), (*effects, SetTimer(number, door.settings.rex_stuck_ms))


def _restored(door: Door, moment: Moment, was: DoorState | None = None) -> tuple[Effect, ...]:
    was = was or door.state
    return (_note(door, EventKind.DOOR_RESTORED, moment, was=was.value),) if was in ALARMED else ()


def _note(door: Door, kind: EventKind, moment: Moment, **detail: str | int) -> Note:
    return Note(note_event(kind, moment, door.settings.point, **detail))


Action: TypeAlias = Callable[[Door, Any, Moment], Outcome]

_EVERYWHERE: dict[type, Action] = {
    RexReleased: _rex_released,
    ContactLost: _contact_lost,
    Tampered: _tampered,
    FreeTime: _free_time,
    Lockdown: _lockdown,
    Fire: _fire,
    TimerEnded: _timer_ended,
}
"""What means the same in every state."""

_BY_STATE: dict[DoorState, dict[type, Action]] = {
    _S.LOCKED: {
        Started: _started,
        Granted: _granted,
        RexPressed: _rex_pressed,
        Opened: _opened_at_rest,
        Closed: _leaf_closed,
    },
    _S.LOCKED_DOWN: {Granted: _granted, RexPressed: _rex_pressed, Opened: _opened_at_rest, Closed: _leaf_closed},
    _S.FREE: {RexPressed: _rex_noticed, Opened: _leaf_opened, Closed: _leaf_closed},
    _S.FIRE_RELEASED: {RexPressed: _rex_noticed, Opened: _leaf_opened, Closed: _leaf_closed},
    _S.UNLOCKED: {Granted: _granted, RexPressed: _rex_pressed, Opened: _opened, Closed: _leaf_closed},
    _S.OPEN: {Granted: _granted_while_open, RexPressed: _rex_noticed, Closed: _closed},
    _S.WARNING: {Granted: _granted_while_open, RexPressed: _rex_noticed, Closed: _closed},
    _S.HELD: {Granted: _granted_while_open, RexPressed: _rex_noticed, Closed: _closed},
    _S.FORCED: {Granted: _granted_while_open, RexPressed: _rex_noticed, Closed: _closed},
}

_LEADS_TO: dict[DoorState, frozenset[DoorState]] = {
    _S.LOCKED: REST | {_S.UNLOCKED, _S.OPEN, _S.FORCED, _S.HELD},
    _S.LOCKED_DOWN: REST | {_S.UNLOCKED, _S.OPEN, _S.FORCED, _S.HELD},
    _S.FREE: REST | {_S.UNLOCKED, _S.OPEN},
    _S.FIRE_RELEASED: REST | {_S.UNLOCKED, _S.OPEN},
    _S.UNLOCKED: REST | {_S.UNLOCKED, _S.OPEN},
    _S.OPEN: REST | {_S.UNLOCKED, _S.OPEN, _S.WARNING},
    _S.WARNING: REST | {_S.UNLOCKED, _S.OPEN, _S.WARNING, _S.HELD},
    _S.HELD: REST | {_S.UNLOCKED, _S.OPEN, _S.HELD},
    _S.FORCED: REST | {_S.UNLOCKED, _S.OPEN, _S.FORCED},
}

TABLE: dict[tuple[DoorState, type], tuple[Action, frozenset[DoorState]]] = {
    (state, happened): (_contact(action) if happened in (Opened, Closed) else action, _LEADS_TO[state])
    for state, rows in _BY_STATE.items()
    for happened, action in {**_EVERYWHERE, **rows}.items()
}
"""(where the door is, what happened) → (what to do, where it may lead)."""
