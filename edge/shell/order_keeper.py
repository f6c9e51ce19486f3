"""The orders of the server, carried out: a thread that waits for the daemon's bell, and brings about what lasts.

The mark is kept before anything moves: after a power cut in between a command is forgotten rather than done twice.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from card_protocol.errors import EquipmentFault
from card_protocol.wire.command import LASTING, Action, Command
from card_protocol.words.moment import Moment
from edge.core.door_words import Hold
from edge.core.door_words import Input as DoorInput
from edge.core.orders import Site, news, obstacle, report
from edge.ports.orders import OrderMemory
from edge.ports.recorder import Recorder
from edge.shell.tap_loop import Restarted
from gateway.ports.orders import OrderBook, Orders

LOOK_EVERY_MS: Final = 1000
"""Without a bell, and for points that a policy has moved to another area."""

STOP_TIMEOUT_MS: Final = 3000

_log = structlog.get_logger()


class Door(Protocol):
    """What an order does to a door (`door_keeper.DoorKeeper`)."""

    def unlock(self, for_ms: int) -> None:
        """Let somebody through."""
        ...

    def happened(self, happened: DoorInput) -> None:
        """Something happens to it."""
        ...


@dataclass(frozen=True, kw_only=True)
class OrderDevices:
    """What orders move. `restart` has one entry a point; `lock_down` sets an area's level, 0 for none.

    `areas` are those of this box's points, by the policy in force.
    """

    book: OrderBook
    doors: Mapping[str, Door]
    unlock_ms: Mapping[str, int]
    restart: Mapping[str, Callable[[Restarted], None]]
    areas: Callable[[], Iterable[str]]
    lock_down: Callable[[str, int], None]
    forgive: Callable[[str], None]
    """Lets anti-passback of a point's area start anew."""
    memory: OrderMemory
    recorder: Recorder
    now: Callable[[], Moment]


class OrderKeeper:
    """`look` does what there is to do; `start` does so again and again on a thread of its own, until `stop`."""

    def __init__(self, devices: OrderDevices) -> None:
        self._devices = devices
        self._site = Site(frozenset(devices.doors), frozenset(devices.restart))
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="orders", daemon=True)

    def start(self) -> None:
        """Begin with what holds already: a lockdown must not wait for the first reader."""
        self.look()
        self._thread.start()

    def stop(self) -> None:
        """End the thread; doors stay as they are."""
        self._stopping.set()
        self._devices.book.wake()
        if self._thread.is_alive():
            self._thread.join(STOP_TIMEOUT_MS / 1000)

    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def look(self) -> None:
        """Carry out what is new, and bring about what lasts."""
        orders = self._devices.book.current()
        if orders is None:
            return
        fresh = news(orders, self._devices.memory.done())
        if fresh:
            self._devices.memory.keep(fresh[-1].number)
        hindered = {command.number: obstacle(command, self._site, self._devices.now()) for command in fresh}
        for command in fresh:
            if not hindered[command.number] and command.action not in LASTING:
                hindered[command.number] = self._begin(command)
        undone = self._bring_about(orders)
        for command in fresh:
            why = hindered[command.number] or (undone if command.area is not None else "")
            if why or command.action is not Action.RESTART_READER:
                self._report(command, why)

    def _begin(self, command: Command) -> str:
        """Do it; why it failed."""
        assert command.point is not None
        _log.info("command", number=command.number, action=command.action.value, point=command.point)
        try:
            if command.action is Action.OPEN_ONCE:
                self._devices.doors[command.point].unlock(self._devices.unlock_ms[command.point])
            elif command.action is Action.FORGIVE:
                self._devices.forgive(command.point)
            else:
                self._devices.restart[command.point](lambda why: self._report(command, why))
        except EquipmentFault as fault:
            return str(fault) or type(fault).__name__
        return ""

    def _bring_about(self, orders: Orders) -> str:
        """Why lockdowns could not be set now; the next look tries again."""
        for point, door in self._devices.doors.items():
            door.happened(Hold(orders.is_held(point)))
        levels = {lockdown.area: lockdown.level for lockdown in orders.lockdowns}
        try:
            # Also areas without an order: a door remembers a lockdown that may have ended while nobody was here.
            for area in {*self._devices.areas(), *levels}:
                self._devices.lock_down(area, levels.get(area, 0))
        except EquipmentFault as fault:
            _log.error("lockdown_not_set", why=str(fault))
            return str(fault) or type(fault).__name__
        return ""

    def _report(self, command: Command, why: str) -> None:
        self._devices.recorder.note(report(command, self._devices.now(), why))

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._devices.book.wait(LOOK_EVERY_MS)
            try:
                self.look()
            except Exception:
                # Our bug. The next command must find somebody who listens.
                _log.exception("orders_not_carried_out")
