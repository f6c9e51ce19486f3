"""A scenario's house with everything real but the world: the daemon, libosdp, a line, doors of wood."""

import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import ClockQuality, Moment
from edge import app
from edge.config import EdgeConfig
from edge.drivers.reader_store import KnownReader, ReaderStore
from firmware_sim.osdp import door as wood
from firmware_sim.osdp.bus import Rs485Bus
from firmware_sim.osdp.mounted import MountedDoor
from firmware_sim.osdp.peripheral import Peripheral
from gateway.app import open_box
from gateway.core.health import Vitals
from gateway.drivers.book_writer import BookWriterFile
from gateway.drivers.health_keeper import FILE_NAME
from gateway.drivers.order_file import OrderWriter
from tests.edge.box import enrol
from tests.edge.scenario_house import POINTS, House
from tests.edge.scenario_orders import Guard
from tests.edge.words import GATE
from tests.gateway.core.test_health import vitals
from tests.support.patience import PATIENCE_S, eventually

KEY = bytes(range(16))
FIRE = 2
HIDDEN = 3
WINDOW_MS = 120_000
UNLOCK_MS = 800
TIMES = {"rex_ms": 600, "held_ms": 1500, "alarm_ms": 1000, "rex_stuck_ms": 5000}
BUILD = wood.Build(closes_after_ms=50)
READERS = {"gate": "north", "exit": "south"}


@contextmanager
def opened_readers() -> Iterator[set[str]]:
    """The names of those that the daemon has told of in its log since."""
    opened: set[str] = set()

    def listen(_: object, __: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
        if entry["event"] == "reader_open":
            opened.add(str(entry["reader"]))
        return entry

    processors = structlog.get_config()["processors"]
    processors.insert(0, listen)  # in place: loggers that were bound before have it, too
    try:
        yield opened
    finally:
        processors.remove(listen)


class Real:
    """The daemon, a pseudo terminal, simulated readers, doors that move with the clock."""

    def __init__(self, folder: Path) -> None:
        self._folder = enrol(folder / "box")
        self._port = folder / "ttyRS485"
        self.own_lines = False
        """Whether the exit's reader hangs on a line of its own."""
        self.bauds = {"gate": 9600, "exit": 9600}
        """What the installer wrote; the lines themselves run at 9600."""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._clock: dict[str, int] | None = None
        self._doors: dict[str, MountedDoor] = {}
        self.readers: dict[str, Peripheral] = {}
        self._buses: dict[str, Rs485Bus] = {}
        self.bus: Rs485Bus | None = None
        self._guard = Guard()
        self._buttons: dict[int, float] = {}

    def begin(self, house: House) -> None:
        self._house = house
        writer = BookWriterFile(self._folder)
        head, cards = house.head(), house.cards()
        writer.flip(writer.stage(head.model_copy(update={"cards": len(cards)}), cards, "00" * 32))
        writer.close()
        names = ["gate", "exit"] if house.has_exit else ["gate"]
        self.readers = {name: Peripheral(number, KEY, os.urandom) for number, name in enumerate(names, 1)}
        self._buses = self._lines()
        self.bus = self._buses["gate"]
        self._doors = {
            name: MountedDoor(self._buses[name], reader, BUILD)
            for name, reader in self.readers.items()
            if not house.lift and (name == "gate" or not house.one_door)
        }
        if house.lift:
            self.readers["gate"].terminals.on_output = self._button
        store = ReaderStore(self._folder)
        for name, reader in self.readers.items():
            place = {"port": str(self._buses[name].path), "address": reader.address, "baud": self.bauds[name]}
            store.put(KnownReader(name=READERS[name], key=KEY.hex(), **place))
        if house.start_ms is not None:
            self._set_clock(house.start_ms)
        if house.max_offline_ms is not None:
            self._hear_server(0)
        self._start()

    def _lines(self) -> dict[str, Rs485Bus]:
        if not self.own_lines:
            return dict.fromkeys(self.readers, Rs485Bus(self._port, list(self.readers.values())))
        return {name: Rs485Bus(self._port.with_name(f"tty-{name}"), [reader]) for name, reader in self.readers.items()}

    def _set_clock(self, wall_ms: int) -> None:
        self._clock = {"anchor_ms": time.time_ns() // 1_000_000, "from_ms": wall_ms}

    def _start(self) -> None:
        # What a disk does that is late is a matter of test_tap.py; here the machine may be busy.
        points = [self._point(name) | {"commit_deadline_ms": 10_000} for name in self.readers]
        plain = {"state_dir": str(self._folder), "points": points, "clock": self._clock}
        config = EdgeConfig.model_validate(plain)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=app.run, args=(config, self._stop), daemon=True)
        # Before that a card is nobody's; by then their wires have been believed, too.
        well = {READERS[name] for name in self.readers if self.bauds[name] == self._buses[name].baud}
        with opened_readers() as opened:
            self._thread.start()
            eventually(lambda: opened >= well)

    def _point(self, name: str) -> dict[str, object]:
        reader = f"osdp:{READERS[name]}"
        if self._house.lift:
            floors = {str(floor): f"{reader}/{number}" for number, floor in enumerate(self._house.lift)}
            return {"id": POINTS[name], "reader": reader, "feedback": reader, "floors": floors, "unlock_ms": UNLOCK_MS}
        if name not in self._doors:
            return {"id": POINTS[name], "reader": reader, "feedback": reader, "door_of": GATE, "unlock_ms": UNLOCK_MS}
        wires = {"contact": f"{reader}/0", "rex": f"{reader}/1", "fire": f"{reader}/2", "tamper": f"{reader}/tamper"}
        point: dict[str, object] = {"id": POINTS[name], "reader": reader, "lock": f"{reader}/0", "feedback": reader}
        if self._house.duress_code:
            code, button = self._house.duress_code, f"{reader}/{HIDDEN}"
            point["duress"] = {"code": code, "button": button, "window_ms": WINDOW_MS}
        return point | {"unlock_ms": UNLOCK_MS, "door": wires | TIMES | {"sounder": reader}}

    def do(self, who: str, what: str, where: str) -> None:
        verb, *words = what.split()
        if what in ("taps", "passes"):
            if what == "taps":
                self._tap(who, where)
            return
        door = self._door_at(where)
        verbs: dict[str, Callable[[], object]] = {
            "pushes": door.push,
            "lets go": door.let_go,
            "forces": door.force,
            "props": door.prop,
            "unprops": door.unprop,
            "presses": lambda: door.press(True),
            "releases": lambda: door.press(False),
            "fires": lambda: self._wire(where, FIRE, True),
            "resets": lambda: self._wire(where, FIRE, False),
            "presses the hidden button": lambda: self._wire(where, HIDDEN, True),
            "lets the hidden button go": lambda: self._wire(where, HIDDEN, False),
            "flutters": lambda: self._flutter(where),
            "opens the housing": lambda: door.tamper(True),
            "closes the housing": lambda: door.tamper(False),
            "restarts": self._restart,
        }
        if what in verbs:
            verbs[what]()
        elif self._guard.says(what, POINTS[where], self._moment()):
            OrderWriter(self._folder, 0).keep(self._guard.orders)
            self.eventually(self._has_answered, what)
        elif what.startswith("has been away for "):
            self._hear_server(int(words[-2]))
        elif verb == "types":
            self._type(where, words[0])
        elif verb == "shows":
            self._restart(self._house.at(*words))
        else:
            raise AssertionError(what)

    def _door_at(self, where: str) -> MountedDoor:
        return self._doors.get(where) or self._doors["gate"]

    def _moment(self) -> Moment:
        return Moment(wall_ms=self._wall_ms(), mono_ns=time.monotonic_ns(), boot="daemon", clock=ClockQuality.SERVER)

    def _has_answered(self) -> bool:
        """Whether the points have carried the guard's last order out."""
        kinds, number = (EventKind.COMMAND_DONE, EventKind.COMMAND_FAILED), self._guard.number
        return any(event.kind in kinds and event.detail["number"] == number for event in self._journal())

    def _tap(self, who: str, where: str) -> None:
        with self._buses[where].lock:
            self.readers[where].present(bytes.fromhex(self._house.uid(who)))

    def _type(self, where: str, keys: str) -> None:
        with self._buses[where].lock:
            self.readers[where].type(keys)
        eventually(lambda: not self.readers[where].has_news)

    def _wire(self, where: str, number: int, on: bool) -> None:
        with self._buses[where].lock:
            self.readers[where].set_input(number, on)

    def _flutter(self, where: str) -> None:
        """A loose contact: each change is told before the next, so that all of them count."""
        for change in range(26):
            self._wire(where, wood.CONTACT, change % 2 == 0)
            eventually(lambda: not self.readers[where].has_news)

    def _hear_server(self, ago_s: int) -> None:
        now_ms = self._wall_ms()
        said: Vitals = vitals(online=False, at_ms=now_ms, heard_ms=now_ms - 1000 * ago_s)
        (self._folder / FILE_NAME).write_text(said.model_dump_json())

    def _wall_ms(self) -> int:
        anchor = self._clock or {"anchor_ms": 0, "from_ms": 0}
        return time.time_ns() // 1_000_000 - anchor["anchor_ms"] + anchor["from_ms"]

    def _button(self, number: int, on: bool, for_ms: int) -> None:
        """An output that frees the button of a floor; the reader itself takes it back when the time is over."""
        until_s = time.monotonic() + (for_ms / 1000 if for_ms else math.inf)
        self._buttons[number] = until_s if on else 0.0

    def floors(self) -> set[int]:
        now_s = time.monotonic()
        return {self._house.lift[number] for number, until_s in self._buttons.items() if now_s < until_s}

    def _restart(self, wall_ms: int | None = None) -> None:
        self._end()
        assert self.bus is not None
        if wall_ms is not None:
            self._set_clock(wall_ms)
        with self.bus.lock:
            for reader in self.readers.values():
                reader.drop_session()
        self._start()

    def _journal(self) -> list[Event]:
        with open_box(self._folder) as box:
            return [Event.from_bytes(item.body) for item in box.journal.read(1, 1000)]

    def events(self) -> list[Event]:
        return [event for event in self._journal() if event.point is not None]

    def is_released(self, where: str) -> bool:
        return self._door_at(where).is_released

    def is_open(self, where: str) -> bool:
        return self._door_at(where).is_open

    def eventually(self, question: Callable[[], bool], what: str) -> None:
        try:
            eventually(question)
        except AssertionError:
            told = [event.reason or event.kind.value for event in self.events()]
            raise AssertionError(f"{what}: {told}") from None

    def _end(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(PATIENCE_S)

    def close(self) -> None:
        self._end()
        for door in self._doors.values():
            door.close()
        for bus in set(self._buses.values()):
            bus.close()
