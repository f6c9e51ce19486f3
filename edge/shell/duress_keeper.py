"""One point's sign of duress: its keys and its hidden button, from the devices' own threads.

The event is only noted, never waited for, and nothing is logged: a log on a screen in the same room is no secret.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from card_protocol.words.event import Event, EventKind, note_event
from card_protocol.words.moment import Moment
from edge.core import duress
from edge.core.duress import Duress, DuressSettings
from edge.core.settle import BUTTON, Belief
from edge.ports.inputs import Input
from edge.ports.keys import KeyPad
from edge.ports.recorder import Recorder
from edge.shell.settled import SettledWire
from edge.shell.timers import Timers

INPUT = "duress"
"""`input` in the detail of a wire's fault."""


@dataclass(frozen=True, kw_only=True)
class DuressDevices:
    """What there is at the point; None for what it has not."""

    keys: KeyPad | None
    button: Input | None
    recorder: Recorder
    timers: Timers
    now: Callable[[], Moment]


class DuressKeeper:
    """Implements `edge.ports.duress.DuressSign`."""

    def __init__(self, settings: DuressSettings, devices: DuressDevices) -> None:
        self._devices = devices
        self._turn = threading.RLock()
        self._duress = Duress(settings)
        self._button = SettledWire(BUTTON, devices.timers, self._turn, self._believe)

    def start(self) -> None:
        """Listen from now on."""
        if self._devices.keys is not None:
            self._devices.keys.watch(self._key)
        if self._devices.button is not None:
            self._devices.button.watch(self._button.hear)

    def stands(self) -> bool:
        """See `DuressSign.stands`."""
        return duress.stands(self._duress, _now_ms())

    def tapped(self, event: Event) -> None:
        """See `DuressSign.tapped`."""
        with self._turn:
            self._duress = duress.tapped(self._duress, event, _now_ms())

    def _key(self, pressed: str) -> None:
        with self._turn:
            self._duress, event = duress.key(self._duress, pressed, self._devices.now(), _now_ms())
            self._note(event)

    def _believe(self, belief: Belief, before: Belief | None) -> None:
        """A hidden button that is broken must be mended before somebody needs it: that is told as of any wire.

        One that trembles is pressed: whoever is afraid does not press well.
        """
        if belief in (Belief.ON, Belief.FLUTTERS):
            self._duress, event = duress.given(self._duress, duress.BUTTON, self._devices.now(), _now_ms())
            self._note(event)
        if belief.is_fault:
            self._note_wire(EventKind.DOOR_INPUT_FAULT, input=INPUT, fault=belief.value)
        elif before is not None and before.is_fault:
            self._note_wire(EventKind.DOOR_INPUT_BACK, input=INPUT)

    def _note_wire(self, kind: EventKind, **detail: str) -> None:
        self._note(note_event(kind, self._devices.now(), self._duress.settings.point, **detail))

    def _note(self, event: Event | None) -> None:
        if event is not None:
            self._devices.recorder.note(event)


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
