"""Lines of the box's own pins as strikes and wires: the only file that imports gpiod, which is optional.

    gpio:gpiochip0/17      line 17 of /dev/gpiochip0; with ! behind it (17!) it is active when low

A strike's line drives a transistor or a relay, never the strike itself (hardware.md).
"""

import re
import threading
from pathlib import Path
from typing import Any, Final

import structlog

from card_protocol.errors import EquipmentFault
from edge.drivers.switched import SwitchedLock
from edge.ports.inputs import Watcher, Wire

try:
    import gpiod
except ImportError:
    gpiod = None

POLL_MS: Final = 500
"""How long a wait for an edge may keep the thread from noticing that the daemon stops."""

RETRY_MS: Final = 1000
CONSUMER: Final = "onecard"
_ADDRESS = re.compile(r"(?P<chip>gpiochip\d{1,3})/(?P<line>\d{1,3})(?P<low>!?)")

_log = structlog.get_logger()


class _Pin:
    """One line, requested."""

    def __init__(self, address: str, *, output: bool) -> None:
        found = _parse(address)
        library = _need_gpiod()
        self.line = int(found["line"])
        direction = library.line.Direction.OUTPUT if output else library.line.Direction.INPUT
        edges = library.line.Edge.NONE if output else library.line.Edge.BOTH
        settings = library.LineSettings(direction=direction, edge_detection=edges, active_low=bool(found["low"]))
        try:
            self.request: Any = library.request_lines(
                f"/dev/{found['chip']}", consumer=CONSUMER, config={self.line: settings}
            )
        except OSError as error:
            raise EquipmentFault(f"the line {address} cannot be had: {error}") from error

    def turn(self, on: bool) -> None:
        """See `Switch.turn`."""
        value = gpiod.line.Value
        try:
            self.request.set_value(self.line, value.ACTIVE if on else value.INACTIVE)
        except OSError as error:
            raise EquipmentFault(f"the line {self.line} has gone: {error}") from error

    def is_on(self) -> bool:
        """Whether it is active now."""
        return bool(self.request.get_value(self.line) == gpiod.line.Value.ACTIVE)

    def close(self) -> None:
        """See `Switch.close`."""
        self.request.release()


def gpio_lock(address: str) -> SwitchedLock:
    """EquipmentFault for an address of another form, or without gpiod."""
    _need_gpiod()
    _parse(address)
    return SwitchedLock(address, lambda: _Pin(address, output=True))


class GpioInput:
    """A line as a wire, with a thread that waits for its edges."""

    def __init__(self, address: str) -> None:
        """EquipmentFault for an address of another form, or without gpiod. The chip itself may come later."""
        _need_gpiod()
        _parse(address)
        self._address = address
        self._stop = threading.Event()

    def watch(self, watcher: Watcher) -> None:
        """See `Input.watch`."""
        threading.Thread(target=self._run, args=(watcher,), name=f"gpio {self._address}", daemon=True).start()

    def close(self) -> None:
        """The thread ends soon."""
        self._stop.set()

    def _run(self, watcher: Watcher) -> None:
        while not self._stop.is_set():
            try:
                pin = _Pin(self._address, output=False)
                try:
                    self._follow(pin, watcher)
                finally:
                    pin.close()
            except (EquipmentFault, OSError) as error:
                _log.warning("wire_lost", line=self._address, why=str(error))
                watcher(Wire.SILENT)
                self._stop.wait(RETRY_MS / 1000)

    def _follow(self, pin: _Pin, watcher: Watcher) -> None:
        watcher(Wire.ON if pin.is_on() else Wire.OFF)
        while not self._stop.is_set():
            if not pin.request.wait_edge_events(POLL_MS / 1000):
                continue
            rising = gpiod.EdgeEvent.Type.RISING_EDGE
            for event in pin.request.read_edge_events():
                watcher(Wire.ON if event.event_type == rising else Wire.OFF)


def gpio_chips() -> tuple[str, ...]:
    """The chips of this machine, as addresses name them; none where gpiod is not installed."""
    return tuple(sorted(chip.name for chip in Path("/dev").glob("gpiochip*"))) if gpiod is not None else ()


def _need_gpiod() -> Any:
    if gpiod is None:
        raise EquipmentFault("GPIO lines need gpiod, which is not installed (the extra onecard[gpio])")
    return gpiod


def _parse(address: str) -> re.Match[str]:
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise EquipmentFault(f"a line is CHIP/NUMBER (gpiochip0/17, with ! when active low), not {address!r}")
    return found
