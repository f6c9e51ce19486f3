"""What an installer on a ladder tries, one device after the other: `onecard point setup`. The daemon must be stopped.

Nothing here leaves a strike released: it is pulsed by the device's own timer and locked again in any case.
"""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Self, TypeVar

from card_protocol.errors import EquipmentFault, TrustFault
from card_protocol.words.reason import Reason
from edge.drivers.gpio_lines import gpio_chips
from edge.drivers.pcsc_reader import reader_names
from edge.drivers.reader_store import KnownReader, ReaderStore
from edge.drivers.registry import OSDP, Registry
from edge.drivers.serial_line import serial_ports
from edge.ports.inputs import Wire
from edge.ports.reader import Reader

PULSE_MS: Final = 1500
ORDER_TIMEOUT_MS: Final = 5000
"""How long a device that was just opened may take to take its first order."""

SPEAKS_MS: Final = 8000
SETTLED_MS: Final = 60
_SURE: Final = frozenset({Wire.ON, Wire.OFF})
SLICE_MS: Final = 200
OSDP_INPUTS: Final = 4
OSDP_OUTPUTS: Final = 2
RELAYS: Final = 2

T = TypeVar("T")


class Found(NamedTuple):
    """What hangs on this machine."""

    serial_ports: tuple[str, ...]
    pcsc: tuple[str, ...]
    gpio_chips: tuple[str, ...]
    enrolled: tuple[KnownReader, ...]
    """Readers on RS-485 that were given a key here."""

    @property
    def readers(self) -> tuple[str, ...]:
        """Addresses to try as a reader, likeliest first."""
        lines = {known.port for known in self.enrolled}
        free = [port for port in self.serial_ports if port not in lines]
        return (
            *(f"{OSDP}:{known.name}" for known in self.enrolled),
            *(f"pcsc:{name}" for name in self.pcsc),
            *(f"nfc:tty:{port}:pn532" for port in free),
            "nfc:usb",
        )

    @property
    def locks(self) -> tuple[str, ...]:
        """Addresses to try as a lock; lines of a GPIO chip have to be typed."""
        lines = {known.port for known in self.enrolled}
        free = [port for port in self.serial_ports if port not in lines]
        return (
            *(f"{OSDP}:{known.name}/{output}" for known in self.enrolled for output in range(OSDP_OUTPUTS)),
            *(f"relay:{port}/{relay}" for port in free for relay in range(1, RELAYS + 1)),
        )

    @property
    def inputs(self) -> tuple[str, ...]:
        """Wires to listen to."""
        return tuple(f"{OSDP}:{known.name}/{number}" for known in self.enrolled for number in range(OSDP_INPUTS))


def find(state_dir: Path) -> Found:
    """Look; what cannot be looked for here (no pcscd, no GPIO) is not there. TrustFault for exposed keys."""
    try:
        pcsc = tuple(reader_names())
    except EquipmentFault:
        pcsc = ()
    return Found(serial_ports(), pcsc, gpio_chips(), ReaderStore(state_dir).all())


class Bench:
    """Devices of one point under trial. Use it as a context manager; whatever happens, the strike ends locked."""

    def __init__(self, state_dir: Path) -> None:
        known = [f"{OSDP}:{reader.name}" for reader in ReaderStore(state_dir).all()]
        self._registry = Registry(state_dir, known)
        self._readers: dict[str, Reader] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for reader in self._readers.values():
            reader.close()
        self._registry.close()

    def open_reader(self, spec: str) -> None:
        """From now on it listens; what was held to it before may be lost. EquipmentFault."""
        if spec not in self._readers:
            self._readers[spec] = self._registry.reader(spec)

    def read_card(self, spec: str, timeout_ms: int) -> str | None:
        """The number of a card that is held to an open reader; None when none came. EquipmentFault."""
        reader = self._readers[spec]
        for _ in range(max(1, timeout_ms // SLICE_MS)):
            card = reader.wait_for_card(SLICE_MS)
            if card is not None:
                return card.uid
        return None

    def hear_code(self, spec: str, code: str, timeout_ms: int) -> bool:
        """Whether somebody typed this at a reader's keys in time. What else they typed is kept nowhere."""
        typed, news = [""], threading.Condition()

        def pressed(key: str) -> None:
            with news:
                typed[0] = (typed[0] + key)[-len(code) :]
                news.notify_all()

        self._registry.keypad(spec).watch(pressed)
        with news:
            return news.wait_for(lambda: typed[0] == code, timeout_ms / 1000)

    def show(self, spec: str, granted: bool) -> None:
        """Lamp and buzzer say yes or no. EquipmentFault."""
        feedback = self._registry.feedback(spec, "setup")
        reason = Reason.GRANTED if granted else Reason.UNKNOWN
        _insist(lambda: feedback.show(reason))

    def pulse(self, spec: str, ask: Callable[[], T], for_ms: int = PULSE_MS) -> T:
        """Release the strike for a moment, and lock it again whatever `ask` does meanwhile. EquipmentFault."""
        lock = self._registry.lock(spec, "setup")
        try:
            _insist(lambda: lock.unlock(for_ms))
            return ask()
        finally:
            try:
                _insist(lock.lock)
            finally:
                lock.close()

    def listen(self, specs: Sequence[str]) -> "Ear":
        """Listen to wires; those that cannot be had are silent."""
        return Ear(self._registry, specs)


class Ear:
    """What several wires say, from now on."""

    def __init__(self, registry: Registry, specs: Sequence[str]) -> None:
        self._news = threading.Condition()
        self._says: dict[str, Wire] = {}
        for spec in specs:
            try:
                registry.input(spec).watch(self._listener(spec))
            except (EquipmentFault, TrustFault):
                continue

    def _listener(self, spec: str) -> Callable[[Wire], None]:
        def heard(wire: Wire) -> None:
            with self._news:
                self._says[spec] = wire
                self._news.notify_all()

        return heard

    def wait_until_it_speaks(self) -> None:
        """Until some wire has said how it stands; EquipmentFault when none does."""
        with self._news:
            if not self._news.wait_for(lambda: any(wire in _SURE for wire in self._says.values()), SPEAKS_MS / 1000):
                raise EquipmentFault("no input says how it stands")

    def now(self) -> dict[str, Wire]:
        """What each wire says; nothing of one that has not spoken."""
        with self._news:
            return dict(self._says)

    def wait_for_change(self, before: dict[str, Wire], timeout_ms: int) -> tuple[str, Wire] | None:
        """The first wire that says something else than before, once it has stopped bouncing; None in time."""
        with self._news:
            changed = self._news.wait_for(lambda: self._changed(before), timeout_ms / 1000)
            while changed:
                settled = changed
                self._news.wait(SETTLED_MS / 1000)
                changed = self._changed(before)
                if changed == settled:
                    return changed
            return None

    def _changed(self, before: dict[str, Wire]) -> tuple[str, Wire] | None:
        for spec, wire in self._says.items():
            if wire in _SURE and before.get(spec) in _SURE and wire is not before[spec]:
                return spec, wire
        return None


def _insist(act: Callable[[], None]) -> None:
    """A device that was just opened may need a moment."""
    pause = threading.Event()
    for _ in range(ORDER_TIMEOUT_MS // SLICE_MS):
        try:
            act()
        except EquipmentFault:
            pause.wait(SLICE_MS / 1000)
        else:
            return
    act()
