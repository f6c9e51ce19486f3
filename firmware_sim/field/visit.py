"""One presentation of a card: held to a reader at a moment, counted, perhaps pulled away or swapped.

Every field moves APDUs through :meth:`Visit.transmit`, so the same script means the same thing over vpcd, UDP
and the PN532.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from firmware_sim.field.chip import Chip
from firmware_sim.field.faults import EndlessWait, Fault, FaultPlan, LateAnswer, NoAnswer, Noise, distort
from firmware_sim.field.isodep import ENDLESS

Recorder = Callable[[bytes, bytes], None]
"""Called with every command and the answer that left the card, before faults."""


class Ending(Enum):
    """Why a visit is over."""

    TOLD = "told"
    TIME = "time"
    PULLED = "pulled"
    SWAPPED = "swapped"


@dataclass(frozen=True)
class Pull:
    """Take the card away at an exchange (1 is the first): before the command reaches it, or, when
    ``executed``, after it worked and before its answer arrived."""

    at_exchange: int
    executed: bool = False


@dataclass(frozen=True)
class Swap:
    """Before this exchange a hand changes the cards: the reader loses its link, and the next visit begins."""

    at_exchange: int
    next_visit: "Visit"


@dataclass(frozen=True)
class Relay:
    """Before this exchange a man in the middle connects the open link to another chip, which is powered up and
    knows nothing of the conversation."""

    at_exchange: int
    chip: Chip


def _nothing() -> None:
    """Nobody wants to know."""


class Visit:
    """A chip in a field. One thread (the field's) transmits; any thread may ask for the end."""

    def __init__(
        self,
        chip: Chip,
        pull: Pull | None = None,
        swap: Swap | None = None,
        relay: Relay | None = None,
        faults: FaultPlan | None = None,
        waits: int = 0,
        recorder: Recorder | None = None,
    ) -> None:
        self.chip = chip
        self.exchanges = 0
        self.ending: Ending | None = None
        self.over = threading.Event()
        self.last_fault: Fault | None = None
        self.on_end: Callable[[], None] = _nothing
        self._pull = pull
        self._swap = swap
        self._relay = relay
        self._faults = faults or FaultPlan()
        self._waits_wanted = waits
        self._recorder = recorder
        self._delay_ms = 0
        self._lock = threading.Lock()

    @property
    def successor(self) -> "Visit | None":
        """The visit that follows at once, when a hand swapped the cards."""
        return self._swap.next_visit if self._swap and self.ending is Ending.SWAPPED else None

    def power_on(self) -> None:
        """The reader's field comes up; without effect on a card that has left."""
        with self._lock:
            if not self.over.is_set():
                self.chip.power_on()

    def power_off(self) -> None:
        """The reader's field goes down."""
        with self._lock:
            if not self.over.is_set():
                self.chip.power_off()

    def end(self, ending: Ending) -> None:
        """The card leaves the field, now. The first reason stays."""
        with self._lock:
            if self.ending is None:
                self.ending = ending
                self.chip.power_off()
                self.over.set()
        self.on_end()

    def waits(self) -> int:
        """Waiting time extensions before the answer of this exchange."""
        return ENDLESS if isinstance(self.last_fault, EndlessWait) else self._waits_wanted

    @property
    def noisy(self) -> bool:
        """This exchange's answer must arrive as a destroyed frame."""
        return isinstance(self.last_fault, Noise)

    def transmit(self, apdu: bytes) -> bytes:
        """One exchange. Empty means that no answer leaves the field."""
        if self.over.is_set():
            return b""
        self.exchanges += 1
        if not self._moves(self.exchanges):
            return b""
        fault = self.last_fault = self._faults.at(self.exchanges)
        if isinstance(fault, NoAnswer) and fault.deaf:
            return b""
        with self._lock:
            answer = b"" if self.over.is_set() else self.chip.transmit(apdu)
        if self._recorder is not None and answer:
            self._recorder(apdu, answer)
        if self._pulled_after(self.exchanges) or isinstance(fault, NoAnswer):
            return b""
        if isinstance(fault, LateAnswer):
            self._delay_ms = fault.delay_ms
        return b"" if self.over.is_set() else distort(fault, answer)

    def take_delay_ms(self) -> int:
        """How much later the field must send the answer of the last exchange; told once."""
        delay_ms, self._delay_ms = self._delay_ms, 0
        return delay_ms

    def _moves(self, exchange: int) -> bool:
        """Play what happens before the command; False when the card is no longer here."""
        if self._pull and not self._pull.executed and exchange >= self._pull.at_exchange:
            self.end(Ending.PULLED)
            return False
        if self._swap and exchange == self._swap.at_exchange:
            self.end(Ending.SWAPPED)
            return False
        if self._relay and exchange == self._relay.at_exchange:
            with self._lock:
                self.chip.power_off()
                self.chip = self._relay.chip
                self.chip.power_on()
        return True

    def _pulled_after(self, exchange: int) -> bool:
        if self._pull and self._pull.executed and exchange >= self._pull.at_exchange:
            self.end(Ending.PULLED)
            return True
        return False
