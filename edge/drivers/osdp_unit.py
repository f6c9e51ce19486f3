"""One OSDP reader as the rest of the edge sees it: what it said last, and orders to it. Knows no protocol."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from queue import SimpleQueue
from typing import Final, TypeAlias

from card_protocol.errors import EquipmentFault

CARDS_MAX: Final = 16
ORDERS_MAX: Final = 64
REFUSALS_MAX: Final = 3
"""So often in a row an order to an output may fail before the reader counts as one without it."""
REFUSED_FOR_MS: Final = 60_000
"""How long an output that was refused is left alone: each further try costs the reader's line half a second."""


@dataclass(frozen=True)
class UnitPlace:
    """Where a reader is and by which key it is known. The key does not print."""

    name: str
    address: int
    key: bytes

    def __repr__(self) -> str:
        return f"<reader {self.name} at address {self.address}>"


@dataclass(frozen=True)
class RawCard:
    """A card as the reader sent it."""

    bits: int
    data: bytes
    seen_ns: int


class Colour(IntEnum):
    """SIA OSDP 2.2 table 17."""

    DARK = 0
    RED = 1
    GREEN = 2
    AMBER = 3


@dataclass(frozen=True)
class Switch:
    """An output on or off; `for_ms` None is until told otherwise."""

    output: int
    on: bool
    for_ms: int | None = None


@dataclass(frozen=True)
class Shine:
    """The lamp in a colour for a while."""

    colour: Colour
    for_ms: int


@dataclass(frozen=True)
class Beep:
    """The buzzer, so many times; None is until told otherwise, 0 is silence."""

    times: int | None


@dataclass(frozen=True)
class Write:
    """A line of ASCII on the display for a while."""

    text: str
    for_ms: int


@dataclass(frozen=True)
class Rekey:
    """A new key, sent under the old one."""

    key: bytes

    def __repr__(self) -> str:
        return "<Rekey>"


Order: TypeAlias = Switch | Shine | Beep | Write | Rekey


@dataclass(frozen=True)
class _Refused:
    """How often in a row an output was refused, and when last."""

    times: int
    last_ns: int


@dataclass(frozen=True)
class _Wanted:
    """What an output should be: on until a moment, on, or off."""

    on: bool
    until_ns: int | None


class Unit:
    """One reader. Its attributes are written by the line's thread; its methods are for any thread."""

    def __init__(self, place: UnitPlace, wake: Callable[[], None]) -> None:
        self.name = place.name
        self.place = place
        self.is_online = False
        """Its secure channel stands."""
        self.inputs: bytes | None = None
        """One byte an input, 1 active; None before it told them."""
        self.local: bytes | None = None
        """Tamper and power."""
        self.answers_status = True
        self.identity: dict[str, int] = {}
        """Vendor code, model, version, serial number, firmware version, as it told them."""
        self.rekeyed = False
        self.output_count: int | None = None
        """How many outputs it says it has; None where it says nothing."""
        self.orders: SimpleQueue[Order] = SimpleQueue()
        self._wake = wake
        self._wanted: dict[int, _Wanted] = {}
        self._refused: dict[int, _Refused] = {}
        self._cards: deque[RawCard] = deque(maxlen=CARDS_MAX)
        self._news = threading.Condition()
        self._watchers: list[Callable[[], None]] = []
        self._key_watchers: list[Callable[[str], None]] = []

    def watch_keys(self, watcher: Callable[[str], None]) -> None:
        """Call `watcher` from the line's thread with every key that is pressed. Nothing of it is kept here."""
        self._key_watchers.append(watcher)

    def pressed(self, keys: str) -> None:
        """Somebody typed these."""
        for key in keys:
            for watcher in self._key_watchers:
                watcher(key)

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` now, and from the line's thread after every change; it looks at our attributes."""
        self._watchers.append(watcher)
        watcher()

    def changed(self) -> None:
        """Something is new: wake who waits, tell who watches."""
        with self._news:
            self._news.notify_all()
        for watcher in self._watchers:
            watcher()

    def wait_until(self, question: Callable[[], bool], timeout_ms: int) -> bool:
        """Whether the question became true in time; it is asked after every change."""
        with self._news:
            return self._news.wait_for(question, timeout_ms / 1000)

    def push_card(self, card: RawCard) -> None:
        """The reader read one."""
        with self._news:
            self._cards.append(card)
            self._news.notify_all()

    def wait_online(self, timeout_ms: int) -> None:
        """Until its secure channel stands; EquipmentFault when it does not in time."""
        if not self.wait_until(lambda: self.is_online, timeout_ms):
            raise EquipmentFault(f"the reader {self.name} does not answer on its line")

    def wait_for_card(self, timeout_ms: int) -> RawCard | None:
        """The oldest that nobody took; None in time, or as soon as the reader does not answer."""
        self.wait_until(lambda: bool(self._cards) or not self.is_online, timeout_ms)
        return self._cards.popleft() if self._cards else None

    def give(self, order: Order) -> None:
        """Carry out an order; EquipmentFault when the reader does not answer or does not keep up.

        What an output shall be is remembered in any case, and asserted again when the reader is back; not so of an
        output that it does not have.
        """
        if isinstance(order, Switch):
            if (lacking := self.lacks(order.output)) and self._refused_of_late(order.output):
                raise EquipmentFault(lacking)
            self._wanted[order.output] = _Wanted(order.on, _until(order))
        if not self.is_online:
            raise EquipmentFault(f"the reader {self.name} does not answer on its line")
        if self.orders.qsize() >= ORDERS_MAX:
            raise EquipmentFault(f"the reader {self.name} does not keep up")
        self.orders.put(order)
        self._wake()

    def lacks(self, output: int) -> str:
        """Why an order to this output is in vain; empty where it is not."""
        refused = self._refused.get(output)
        if refused is None or refused.times < self._patience(output):
            return ""
        said = "" if self.output_count is None else f" (it says that it has {self.output_count})"
        return f"the reader {self.name} refuses output {output}{said}"

    def output_answered(self, output: int, well: bool) -> bool:
        """The reader carried an order to an output out, or refused it. Whether it is known to lack it since now.

        It may have been noise, so one refusal is not believed, unless the reader itself says that it has fewer.
        """
        before = self.lacks(output)
        if well:
            self._refused.pop(output, None)
        else:
            known = self._refused.get(output)
            self._refused[output] = _Refused((known.times if known else 0) + 1, time.monotonic_ns())
        return not before and bool(self.lacks(output))

    def _patience(self, output: int) -> int:
        return 1 if self.output_count is not None and output >= self.output_count else REFUSALS_MAX

    def _refused_of_late(self, output: int) -> bool:
        return time.monotonic_ns() - self._refused[output].last_ns < REFUSED_FOR_MS * 1_000_000

    def outstanding(self) -> list[Order]:
        """What the outputs shall be now, for a reader that has just come online."""
        now_ns = time.monotonic_ns()
        found: list[Order] = []
        for output, wanted in self._wanted.items():
            if self.lacks(output):
                continue
            left_ms = None if wanted.until_ns is None else (wanted.until_ns - now_ns) // 1_000_000
            on = wanted.on and (left_ms is None or left_ms > 0)
            found.append(Switch(output, on, left_ms if on else None))
        return found

    def take_offline(self) -> None:
        """It does not answer any more: what it said is no longer true, what it was told will not happen."""
        was_online, self.is_online = self.is_online, False
        self.inputs = self.local = None
        while not self.orders.empty():
            self.orders.get_nowait()
        if was_online:
            self.changed()


def _until(order: Switch) -> int | None:
    return None if order.for_ms is None else time.monotonic_ns() + order.for_ms * 1_000_000
