"""One door's shell: everything that happens to it, from any thread, one after the other through its machine.

Nothing in here waits: the strike is a quick order, events and memory go to threads of their own. So a press on the exit
button is never behind a disk or a network.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import structlog

from card_protocol.errors import EquipmentFault
from card_protocol.words.event import EventKind, note_event
from card_protocol.words.moment import Moment
from edge.core.door import step
from edge.core.door_state import Door, recall
from edge.core.door_words import (
    Closed,
    ContactLost,
    DoorSettings,
    Effect,
    Fire,
    Granted,
    Input,
    Note,
    Opened,
    Release,
    Remember,
    RexPressed,
    RexReleased,
    SetTimer,
    Sounder,
    Started,
    Tampered,
    TimerEnded,
)
from edge.core.door_words import (
    Lock as LockDoor,
)
from edge.core.settle import BUTTON, CONTACT, Belief
from edge.ports.door import DoorSounder, DoorState, DoorStore
from edge.ports.inputs import Input as InputWire
from edge.ports.inputs import Wire
from edge.ports.lock import Lock
from edge.ports.recorder import Recorder
from edge.shell.settled import SettledWire
from edge.shell.timers import Timers

_log = structlog.get_logger()


class Role(StrEnum):
    """What a wire at a door is for."""

    CONTACT = "contact"
    """On while the leaf is open."""
    REX = "rex"
    """On while the exit button is pressed."""
    TAMPER = "tamper"
    """On while the housing is open."""
    FIRE = "fire"
    """On while the fire panel wants the door open. A cut or shorted wire wants it too."""
    LOCK = "lock"
    """No wire that an installer names: whether the device that moves the strike answers."""


@dataclass(frozen=True, kw_only=True)
class DoorDevices:
    """What a door works with."""

    lock: Lock
    sounder: DoorSounder
    wires: Mapping[Role, InputWire]
    recorder: Recorder
    store: DoorStore
    timers: Timers
    now: Callable[[], Moment]


class DoorKeeper:
    """The life of one door. `happened` may be called from any thread."""

    def __init__(self, settings: DoorSettings, devices: DoorDevices) -> None:
        self.point = settings.point
        self._devices = devices
        self._turn = threading.RLock()
        self._door = recall(settings, devices.store.recall(settings.point))
        self._wires = {
            role: SettledWire(_PATIENCE[role], devices.timers, self._turn, partial(self._believe, role))
            for role in Role
        }
        self._log = _log.bind(point=settings.point)

    @property
    def door(self) -> Door:
        """As it is now."""
        return self._door

    def start(self) -> None:
        """Take the door over: its strike gets the order that fits, its wires are listened to."""
        self.happened(Started())
        for role, wire in self._devices.wires.items():
            wire.watch(self._wires[role].hear)
        told = self._wires[Role.LOCK].hear
        self._devices.lock.watch(lambda answers, _: told(Wire.ON if answers else Wire.SILENT))

    def stop(self) -> None:
        """Nobody looks after the door any more: one that stood free locks, one that fire released stays as it is."""
        with self._turn:
            if self._door.state is DoorState.FREE:
                self._try(LockDoor())

    def unlock(self, for_ms: int) -> None:
        """See `Opener.unlock`: a tap let somebody through. A lock that fails is the door's to tell, not the tap's."""
        self.happened(Granted(for_ms))

    def happened(self, happened: Input) -> None:
        """Step the machine, perform what it asks for."""
        with self._turn:
            before = self._door.state
            self._door, effects = step(self._door, happened, self._devices.now())
            for effect in effects:
                self._try(effect)
            if self._door.state is not before:
                self._log.info("door", state=self._door.state.value, by=type(happened).__name__)

    def _try(self, effect: Effect) -> None:
        """One effect must not keep the next from happening."""
        try:
            self._perform(effect)
        except EquipmentFault as fault:
            self._log.error("door_effect_failed", effect=type(effect).__name__, why=str(fault))
        except Exception:
            self._log.exception("door_effect_failed", effect=type(effect).__name__)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Release(for_ms):
                self._devices.lock.unlock(for_ms)
            case LockDoor():
                self._devices.lock.lock()
            case SetTimer(number, ms):
                self._devices.timers.after(ms, lambda: self.happened(TimerEnded(number)))
            case Sounder(sound):
                self._devices.sounder.sound(sound)
            case Note(event):
                self._devices.recorder.note(event)
            case Remember(memory):
                self._devices.store.keep(self.point, memory)

    # ---- wires

    def _believe(self, role: Role, belief: Belief, before: Belief | None) -> None:
        match role:
            case Role.CONTACT if belief.is_fault:
                self.happened(ContactLost(belief.value))
            case Role.CONTACT:
                self.happened(Opened() if belief is Belief.ON else Closed())
            case Role.REX:
                self._tell_fault(role, belief, before)
                # Whoever trembles at a loose button wants to get out: in doubt the door is released, and that is told.
                wants_out = belief in (Belief.ON, Belief.FLUTTERS)
                self.happened(RexPressed() if wants_out else RexReleased())
            case Role.TAMPER:
                self._tell_fault(role, belief, before)
                if belief is not Belief.SILENT:
                    self.happened(Tampered(belief is not Belief.OFF))
            case Role.FIRE:
                self._tell_fault(role, belief, before)
                if belief not in (Belief.SILENT, Belief.FLUTTERS):
                    self.happened(Fire(belief is not Belief.OFF))
            case Role.LOCK if belief.is_fault:
                self._note(EventKind.LOCK_LOST)
            case Role.LOCK if before is not None:
                self._note(EventKind.LOCK_BACK)

    def _tell_fault(self, role: Role, belief: Belief, before: Belief | None) -> None:
        """The machine tells faults of the contact itself; of the other wires it only hears what they mean."""
        if belief.is_fault:
            self._note(EventKind.DOOR_INPUT_FAULT, input=role.value, fault=belief.value)
        elif before is not None and before.is_fault:
            self._note(EventKind.DOOR_INPUT_BACK, input=role.value)

    def _note(self, kind: EventKind, **detail: str) -> None:
        event = note_event(kind, self._devices.now(), self.point, **detail)
        self._try(Note(event))


_PATIENCE = {role: BUTTON if role in (Role.REX, Role.LOCK) else CONTACT for role in Role}
