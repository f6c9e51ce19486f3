"""A door mounted on a simulated reader: the strike on an output, contact and button on inputs, time as it passes."""

import threading
import time

from firmware_sim.osdp.bus import Rs485Bus
from firmware_sim.osdp.door import Build, Door
from firmware_sim.osdp.peripheral import Peripheral

TICK_MS = 2


class MountedDoor:
    """Moves with the clock in a thread of its own. The verbs are what people do at the door."""

    def __init__(self, bus: Rs485Bus, peripheral: Peripheral, build: Build | None = None) -> None:
        self._bus = bus
        self._peripheral = peripheral
        self._door = Door(build or Build())
        self._stopped = threading.Event()
        peripheral.terminals.on_output = self._output
        self._thread = threading.Thread(target=self._run, name="door", daemon=True)
        self._thread.start()

    @property
    def is_open(self) -> bool:
        """The leaf."""
        return self._door.is_open

    @property
    def is_released(self) -> bool:
        """The strike."""
        with self._bus.lock:
            return self._door.is_released(_now_ms())

    def present(self, uid: bytes) -> None:
        """Hold a card to the reader."""
        with self._bus.lock:
            self._peripheral.present(uid)

    def push(self) -> bool:
        """Push from outside; whether it opened."""
        with self._bus.lock:
            return self._door.push(_now_ms())

    def force(self) -> None:
        """Open it without asking."""
        with self._bus.lock:
            self._door.force(_now_ms())

    def let_go(self) -> None:
        """The closer does the rest."""
        with self._bus.lock:
            self._door.let_go(_now_ms())

    def prop(self) -> None:
        """A brick."""
        with self._bus.lock:
            self._door.prop()

    def unprop(self) -> None:
        """No brick."""
        with self._bus.lock:
            self._door.unprop(_now_ms())

    def press(self, pressed: bool) -> None:
        """The exit button."""
        with self._bus.lock:
            self._door.press(pressed, _now_ms())

    def tamper(self, opened: bool) -> None:
        """The reader's housing."""
        with self._bus.lock:
            self._peripheral.set_tamper(opened)

    def close(self) -> None:
        """Stop the clock."""
        self._stopped.set()
        self._thread.join()

    def _output(self, number: int, on: bool, for_ms: int) -> None:
        self._door.output(number, on, for_ms, _now_ms())

    def _run(self) -> None:
        while not self._stopped.wait(TICK_MS / 1000):
            with self._bus.lock:
                for number, on in self._door.tick(_now_ms()):
                    self._peripheral.set_input(number, on)


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
