"""The door machine: leaf, strike, button and alarms, without I/O.

A door rests in LOCKED, FREE, LOCKED_DOWN or FIRE_RELEASED: where, follows from four facts (fire before lockdown
before a hold by command before free time). From there somebody is let through, or it is forced:

    rest ─ Granted, RexPressed ─► UNLOCKED ─ Opened ─► OPEN ─► WARNING ─► HELD
      └──── Opened ───────────► FORCED                   └──── Closed ────► rest

Two promises, kept by tests under every order of inputs: a released strike has a reason (somebody was let through, the
door stands open, free time or a hold, fire), and nobody is locked in: a press on the exit button and the fire panel
release the strike as the first effect, in every state, before anything is recorded.

A button that stays pressed keeps the door released and becomes an alarm: a stuck button must not lock people in.
The strike stays released while the leaf is open and locks when it closes, which suits strikes, magnets and motor bolts.
`step` is total: what the table does not name changes nothing.
"""

from card_protocol.words.moment import Moment
from edge.core import door_actions as do
from edge.core.door_actions import Action
from edge.core.door_state import REST, Door, Outcome
from edge.core.door_words import (
    Closed,
    ContactLost,
    Fire,
    FreeTime,
    Granted,
    Hold,
    Input,
    Lockdown,
    Opened,
    Remember,
    RexPressed,
    RexReleased,
    Started,
    Tampered,
    TimerEnded,
)
from edge.ports.door import DoorState

_S = DoorState


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


_EVERYWHERE: dict[type, Action] = {
    RexReleased: do.rex_released,
    ContactLost: do.contact_lost,
    Tampered: do.tampered,
    FreeTime: do.free_time,
    Hold: do.hold,
    Lockdown: do.lockdown,
    Fire: do.fire,
    TimerEnded: do.timer_ended,
}
"""What means the same in every state."""

_AT_REST: dict[type, Action] = {
    Granted: do.granted,
    RexPressed: do.rex_pressed,
    Opened: do.opened_at_rest,
    Closed: do.leaf_closed,
}
_RELEASED: dict[type, Action] = {RexPressed: do.rex_noticed, Opened: do.leaf_opened, Closed: do.leaf_closed}
_OPEN: dict[type, Action] = {Granted: do.granted_while_open, RexPressed: do.rex_noticed, Closed: do.closed}

_BY_STATE: dict[DoorState, dict[type, Action]] = {
    _S.LOCKED: {Started: do.started, **_AT_REST},
    _S.LOCKED_DOWN: _AT_REST,
    _S.FREE: _RELEASED,
    _S.FIRE_RELEASED: _RELEASED,
    _S.UNLOCKED: {Granted: do.granted, RexPressed: do.rex_pressed, Opened: do.opened, Closed: do.leaf_closed},
    _S.OPEN: _OPEN,
    _S.WARNING: _OPEN,
    _S.HELD: _OPEN,
    _S.FORCED: _OPEN,
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
    (state, happened): (do.contact(action) if happened in (Opened, Closed) else action, _LEADS_TO[state])
    for state, rows in _BY_STATE.items()
    for happened, action in {**_EVERYWHERE, **rows}.items()
}
"""(where the door is, what happened) → (what to do, where it may lead)."""
