"""What a door does when something happens: one small function for each way a state takes an input."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from card_protocol.words.event import EventKind
from card_protocol.words.moment import Moment
from edge.core.door_state import (
    ALARMED,
    REST,
    STANDS_OPEN,
    Door,
    Outcome,
    let_through,
    note,
    resting_place,
    restored,
    set_timer,
    settle,
    stand_open,
    watch_button,
)
from edge.core.door_words import (
    Closed,
    ContactLost,
    Effect,
    Fire,
    FreeTime,
    Granted,
    Hold,
    Input,
    Leaf,
    Lockdown,
    Opened,
    Release,
    RexPressed,
    RexReleased,
    Sounder,
    Started,
    Tampered,
    TimerEnded,
)
from edge.ports.door import DoorState, Sound

Action: TypeAlias = Callable[[Door, Any, Moment], Outcome]
_S = DoorState
_LOCKED = frozenset({_S.LOCKED, _S.LOCKED_DOWN})


def started(door: Door, _: Started, __: Moment) -> Outcome:
    """Strike and sounder get the orders that fit; what the leaf does is not known yet."""
    after, effects = settle(door)
    return after, (*effects, Sounder(Sound.ALARM if door.recalled in ALARMED else Sound.QUIET))


def granted(door: Door, told: Granted, _: Moment) -> Outcome:
    """Somebody may come in."""
    return let_through(door, told.for_ms)


def granted_while_open(door: Door, _: Granted, moment: Moment) -> Outcome:
    """Somebody who may pass takes over: the time starts anew, an alarm is over."""
    after, effects = stand_open(door)
    return after, (*effects, *restored(door, moment))


def rex_pressed(door: Door, _: RexPressed, moment: Moment) -> Outcome:
    """Somebody goes out."""
    if door.rex:
        return door, ()
    after, effects = let_through(replace(door, rex=True), door.settings.rex_ms)
    return watch_button(after, (*effects, note(door, EventKind.EGRESS, moment)))


def rex_noticed(door: Door, _: RexPressed, __: Moment) -> Outcome:
    """The door is released already, or stands open. Releasing once more harms nobody."""
    if door.rex:
        return door, ()
    return watch_button(replace(door, rex=True), (Release(None),))


def rex_released(door: Door, _: RexReleased, moment: Moment) -> Outcome:
    """The button was let go; what it started goes on."""
    told = (note(door, EventKind.DOOR_INPUT_BACK, moment, input="rex"),) if door.rex_stuck else ()
    return replace(door, rex=False, rex_stuck=False, rex_timer=0), told


def opened(door: Door, _: Opened, moment: Moment) -> Outcome:
    """Whoever was let through opens. An alarm from before a restart is over."""
    after, effects = stand_open(door)
    return after, (*effects, *restored(door, moment, was=door.recalled))


def opened_at_rest(door: Door, _: Opened, moment: Moment) -> Outcome:
    """With a leaf that was closed, it is forced. One that was not known may have been open for long."""
    if door.recalled in (_S.FORCED, _S.HELD):
        # The alarm from before the restart goes on; it was told then.
        after = replace(door, state=door.recalled, leaf=Leaf.OPEN, recalled=None, timer=0)
        return after, (Release(None), Sounder(Sound.ALARM))
    if door.leaf is Leaf.CLOSED:
        after = replace(door, state=_S.FORCED, leaf=Leaf.OPEN, timer=0)
        return after, (Sounder(Sound.ALARM), note(door, EventKind.DOOR_FORCED, moment))
    return stand_open(door)


def leaf_opened(door: Door, _: Opened, moment: Moment) -> Outcome:
    """Open, where everybody may. An alarm from before a restart is over."""
    return replace(door, leaf=Leaf.OPEN, recalled=None), _recalled_alarm_ends(door, moment)


def leaf_closed(door: Door, _: Closed, moment: Moment) -> Outcome:
    """Closed, where that changes no more than what we know of the leaf. An alarm from before a restart is over."""
    return replace(door, leaf=Leaf.CLOSED, recalled=None), _recalled_alarm_ends(door, moment)


def _recalled_alarm_ends(door: Door, moment: Moment) -> tuple[Effect, ...]:
    told = restored(door, moment, was=door.recalled)
    return (Sounder(Sound.QUIET), *told) if told else ()


def closed(door: Door, _: Closed, moment: Moment) -> Outcome:
    """The passage, or the breach, is over."""
    shut = replace(door, leaf=Leaf.CLOSED)
    after, effects = let_through(shut, door.settings.rex_ms) if door.rex else settle(shut)
    return after, (*effects, Sounder(Sound.QUIET), *restored(door, moment))


def contact_lost(door: Door, lost: ContactLost, moment: Moment) -> Outcome:
    """Without eyes the door locks as one that has no contact. What the alarm was about nobody can see any more."""
    if door.contact_faulty:
        return door, ()
    told = note(door, EventKind.DOOR_INPUT_FAULT, moment, input="contact", fault=lost.why)
    blind = replace(door, leaf=Leaf.UNKNOWN, recalled=None, contact_faulty=True)
    effects: tuple[Effect, ...] = ()
    if door.state in STANDS_OPEN or door.state is _S.FORCED:
        blind, effects = let_through(blind, door.settings.rex_ms) if door.rex else settle(blind)
    return blind, (*effects, Sounder(Sound.QUIET), told)


def contact(action: Action) -> Action:
    """A contact that speaks again after a fault: that is told besides."""

    def heard(door: Door, happened: Input, moment: Moment) -> Outcome:
        if not door.contact_faulty:
            return action(door, happened, moment)
        after, effects = action(replace(door, contact_faulty=False), happened, moment)
        return after, (*effects, note(door, EventKind.DOOR_INPUT_BACK, moment, input="contact"))

    return heard


def tampered(door: Door, told: Tampered, moment: Moment) -> Outcome:
    """An alarm besides; the door goes on."""
    if told.on == door.tampered:
        return door, ()
    kind = EventKind.DOOR_TAMPERED if told.on else EventKind.DOOR_TAMPER_ENDED
    return replace(door, tampered=told.on), (note(door, kind, moment),)


def free_time(door: Door, told: FreeTime, moment: Moment) -> Outcome:
    """The schedule of free passage begins or ends."""
    if told.on == door.free:
        return door, ()
    kind = EventKind.DOOR_FREE if told.on else EventKind.DOOR_FREE_ENDED
    return _rules_changed(door, replace(door, free=told.on), note(door, kind, moment))


def hold(door: Door, told: Hold, moment: Moment) -> Outcome:
    """A command holds the door open, or lets it go."""
    if told.on == door.hold:
        return door, ()
    kind = EventKind.HOLD_STARTED if told.on else EventKind.HOLD_ENDED
    return _rules_changed(door, replace(door, hold=told.on), note(door, kind, moment))


def lockdown(door: Door, told: Lockdown, moment: Moment) -> Outcome:
    """Who was let in a moment ago and has not opened yet does not come in any more; who goes out does."""
    if told.on == door.lockdown:
        return door, ()
    kind = EventKind.LOCKDOWN_STARTED if told.on else EventKind.LOCKDOWN_ENDED
    after = replace(door, lockdown=told.on)
    if told.on and door.state is _S.UNLOCKED and not door.rex:
        rested, effects = settle(after)
        return rested, (*effects, note(door, kind, moment))
    return _rules_changed(door, after, note(door, kind, moment))


def fire(door: Door, told: Fire, moment: Moment) -> Outcome:
    """Out, everybody, at once; other alarms are silent."""
    if told.on == door.fire:
        return door, ()
    after = replace(door, fire=told.on)
    if not told.on:
        return _rules_changed(door, after, note(door, EventKind.FIRE_ENDED, moment))
    released, effects = settle(replace(after, recalled=None))
    said = note(door, EventKind.FIRE_RELEASED, moment)
    return released, (*effects, Sounder(Sound.QUIET), said, *restored(door, moment, was=door.recalled))


def timer_ended(door: Door, ended: TimerEnded, moment: Moment) -> Outcome:
    """The timer of the button, or that of the state; any other was replaced meanwhile."""
    if door.rex and ended.number == door.rex_timer:
        told = note(door, EventKind.DOOR_INPUT_FAULT, moment, input="rex", fault="stuck")
        return replace(door, rex_timer=0, rex_stuck=True), (told,)
    if not door.timer or ended.number != door.timer:
        return door, ()
    return _PHASE_ENDED[door.state](door, moment)


def _passage_ended(door: Door, _: Moment) -> Outcome:
    return let_through(door, door.settings.rex_ms) if door.rex else settle(door)


def _held_too_long(door: Door, _: Moment) -> Outcome:
    after, timer = set_timer(replace(door, state=_S.WARNING), door.settings.alarm_ms)
    return after, (timer, Sounder(Sound.WARN))


def _held_much_too_long(door: Door, moment: Moment) -> Outcome:
    after = replace(door, state=_S.HELD, timer=0)
    return after, (Sounder(Sound.ALARM), note(door, EventKind.DOOR_HELD, moment))


_PHASE_ENDED: dict[DoorState, Callable[[Door, Moment], Outcome]] = {
    _S.UNLOCKED: _passage_ended,
    _S.OPEN: _held_too_long,
    _S.WARNING: _held_much_too_long,
}


def _rules_changed(before: Door, after: Door, told: Effect) -> Outcome:
    """Fire, lockdown, hold or free time changed: a door at rest moves, one in a passage follows when that is over."""
    place = resting_place(after)
    if before.state not in REST or place is before.state:
        return after, (told,)
    if place in _LOCKED and after.leaf is Leaf.OPEN:
        moved, effects = stand_open(after)
    elif place in _LOCKED and after.rex:
        moved, effects = let_through(after, after.settings.rex_ms)
    else:
        moved, effects = settle(after)
    return moved, (*effects, told)
