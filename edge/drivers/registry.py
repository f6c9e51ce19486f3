"""Which driver stands behind which prefix. Adding one is a line here and a file beside.

Devices on RS-485 share a line, so the registry keeps the lines that are open.
"""

import threading
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final, TypeVar

from card_protocol.errors import EquipmentFault
from edge.drivers.gpio_lines import GpioInput, gpio_lock
from edge.drivers.log_feedback import LogFeedback
from edge.drivers.log_sounder import LogSounder
from edge.drivers.nfc_reader import NfcReader
from edge.drivers.no_lock import NoLock
from edge.drivers.osdp_bus import OsdpBus
from edge.drivers.osdp_devices import OsdpFeedback, OsdpInput, OsdpKeyPad, OsdpLock, OsdpReader, OsdpSounder
from edge.drivers.osdp_unit import Unit, UnitPlace
from edge.drivers.pcsc_reader import PcscReader
from edge.drivers.qr_reader import QrReader
from edge.drivers.reader_store import ReaderStore
from edge.drivers.relay_lock import relay_lock
from edge.drivers.screen_feedback import ScreenFeedback
from edge.drivers.sim_lock import SimLock
from edge.ports.door import DoorSounder
from edge.ports.feedback import Feedback
from edge.ports.inputs import Input
from edge.ports.keys import KeyPad
from edge.ports.lock import Lock
from edge.ports.notice_screen import NoticeScreen
from edge.ports.reader import Reader

OSDP: Final = "osdp"
CARD_READERS: Final[dict[str, Callable[[str], Reader]]] = {"nfc": NfcReader, "pcsc": PcscReader}
"""Readers through which one can talk to a card; they need nothing of the box."""

T = TypeVar("T")


def open_reader(spec: str) -> Reader:
    """`nfc:udp:…`, `pcsc:…` → an open reader; EquipmentFault when it is not there or the prefix is unknown."""
    return _open("reader", CARD_READERS, spec)


class Registry:
    """Opens devices by what an installer wrote: `nfc:udp:…`, `pcsc:…`, `osdp:north`, `osdp:north/0`, `sim`, `none`.

    `named` are all devices that this program will open: a line is opened with all its readers at once.
    """

    def __init__(self, state_dir: Path, named: Collection[str] = ()) -> None:
        self._store = ReaderStore(state_dir)
        self._on_lines = {spec.partition(":")[2].partition("/")[0] for spec in named if spec.startswith(f"{OSDP}:")}
        self._buses: dict[str, OsdpBus] = {}
        self._screens: dict[str, ScreenFeedback] = {}
        self._opened_locks: list[Lock] = []
        self.notice_screens: dict[str, NoticeScreen] = {}
        """Point -> the screen beside its reader."""
        self._turn = threading.Lock()
        self.readers: dict[str, Callable[[str], Reader]] = {
            **CARD_READERS,
            "qr": QrReader,
            OSDP: lambda address: OsdpReader(self._unit(address)),
        }
        self.locks: dict[str, Callable[[str], Lock]] = {
            "none": lambda _: NoLock(),
            "sim": SimLock,
            "relay": relay_lock,
            "gpio": gpio_lock,
            OSDP: lambda address: OsdpLock(self._unit(address), _output(address)),
        }
        self.feedbacks: dict[str, Callable[[str], Feedback]] = {
            "log": LogFeedback,
            "screen": self._screen,
            OSDP: lambda address: OsdpFeedback(self._unit(address)),
        }
        self.sounders: dict[str, Callable[[str], DoorSounder]] = {
            "log": LogSounder,
            OSDP: lambda address: OsdpSounder(self._unit(address)),
        }
        self.inputs: dict[str, Callable[[str], Input]] = {
            "gpio": GpioInput,
            OSDP: lambda address: OsdpInput(self._unit(address), address.partition("/")[2]),
        }
        self.keypads: dict[str, Callable[[str], KeyPad]] = {OSDP: lambda address: OsdpKeyPad(self._unit(address))}

    def reader(self, spec: str) -> Reader:
        """An open reader; EquipmentFault when it is not there or the prefix is unknown."""
        return _open("reader", self.readers, spec)

    def lock(self, spec: str, point: str) -> Lock:
        """A lock; a driver without an address gets the point's name."""
        lock = _open("lock", self.locks, _addressed(spec, point))
        self._opened_locks.append(lock)
        return lock

    def feedback(self, spec: str, point: str) -> Feedback:
        """Lamp, buzzer and display of a point."""
        found = _open("feedback", self.feedbacks, _addressed(spec, point))
        if isinstance(found, ScreenFeedback):
            self.notice_screens[point] = found
        return found

    def sounder(self, spec: str, point: str) -> DoorSounder:
        """The buzzer of a door."""
        return _open("sounder", self.sounders, _addressed(spec, point))

    def input(self, spec: str) -> Input:
        """One wire."""
        return _open("input", self.inputs, spec)

    def keypad(self, spec: str) -> KeyPad:
        """The keys of a reader."""
        return _open("keypad", self.keypads, spec)

    def close(self) -> None:
        """Let everything go. The locks first: a timed release ends with us where the device has no timer."""
        for lock in self._opened_locks:
            lock.close()
        self._opened_locks.clear()
        for bus in self._buses.values():
            bus.close()
        for screen in self._screens.values():
            screen.close()
        self._screens.clear()

    def _screen(self, address: str) -> ScreenFeedback:
        """One page a port: a point whose reader is replaced goes on with the screen that it has."""
        if address not in self._screens:
            self._screens[address] = ScreenFeedback(address)
        return self._screens[address]

    def _unit(self, address: str) -> Unit:
        with self._turn:
            return self._unit_on_its_line(address.partition("/")[0])

    def _unit_on_its_line(self, name: str) -> Unit:
        reader = self._store.get(name)
        bus = self._buses.get(reader.port)
        if bus is None:
            there = [known for known in self._store.all() if known.port == reader.port]
            used = [known for known in there if known.name in self._on_lines or known.name == name]
            places = [UnitPlace(known.name, known.address, bytes.fromhex(known.key)) for known in used]
            bus = self._buses[reader.port] = OsdpBus(reader.port, reader.baud, places)
        return bus.unit(name)


def _output(address: str) -> int:
    number = address.partition("/")[2] or "0"
    if not (number.isascii() and number.isdigit()):
        raise EquipmentFault(f"an output is a number from 0, not {number!r}")
    return int(number)


def _addressed(spec: str, point: str) -> str:
    return spec if ":" in spec else f"{spec}:{point}"


def _open(what: str, drivers: dict[str, Callable[[str], T]], spec: str) -> T:
    prefix, _, address = spec.partition(":")
    driver = drivers.get(prefix)
    if driver is None:
        raise EquipmentFault(f"no {what} driver is called {prefix!r} (there are: {', '.join(sorted(drivers))})")
    return driver(address)
