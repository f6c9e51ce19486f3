"""An OSDP reader in its roles: reader, lock, feedback, wires, keys. What it can do itself is left to it (timers)."""

import time
from typing import Final

import structlog

from card_protocol.errors import CardGone, EquipmentFault
from card_protocol.words.reason import Reason
from card_protocol.words.sentences import sentence, service_sentence
from card_protocol.words.service import Answer
from edge.core.card_data import uid_of
from edge.drivers.osdp_unit import Beep, Colour, RawCard, Shine, Switch, Unit, Write
from edge.ports.door import Sound
from edge.ports.inputs import Watcher, Wire
from edge.ports.keys import KeyWatcher
from edge.ports.lock import LockState, LockWatcher
from edge.ports.reader import CardKind

ONLINE_TIMEOUT_MS: Final = 3000
"""How long a reader may take to come online, or to come back, before it counts as lost."""

QUIET_MS: Final = 500
"""A reader tells one card a poll, and eight on a line of 9,600 baud are asked every 400 ms: by then it has no more."""

KEPT_MAX_MS: Final = 4000
"""A reader that is not quiet by then has people before it."""

SHOW_MS: Final = 2500
BEEPS_YES: Final = 1
BEEPS_NO: Final = 3
TAMPER: Final = "tamper"

_log = structlog.get_logger()


class OsdpCard:
    """A card that the reader vouches for over its secure channel. It has gone by the time we hear of it."""

    kind = CardKind.VOUCHED

    def __init__(self, uid: str, seen_ns: int) -> None:
        self.uid = uid
        self.seen_ns = seen_ns

    def transmit(self, command: bytes) -> bytes:  # noqa: ARG002
        """See `CardInField.transmit`: the reader has talked to it, we cannot."""
        raise CardGone("a reader on a line takes no commands for cards")

    def wait_for_removal(self, timeout_ms: int) -> bool:  # noqa: ARG002
        """See `CardInField.wait_for_removal`."""
        return True


class OsdpReader:
    """The reader as a reader."""

    def __init__(self, unit: Unit) -> None:
        """Takes QUIET_MS longer than the reader takes to come online; EquipmentFault when it does not."""
        self.name = unit.name
        self._unit = unit
        unit.wait_online(ONLINE_TIMEOUT_MS)
        self._forget_what_it_kept()

    def _forget_what_it_kept(self) -> None:
        """Many readers keep the cards that are held to them while nobody asks, and tell them when somebody does. How
        long ago that was nobody knows: it must not open to whoever stands there now."""
        until_ns = time.monotonic_ns() + KEPT_MAX_MS * 1_000_000
        while time.monotonic_ns() < until_ns and self._unit.wait_for_card(QUIET_MS) is not None:
            _log.info("card_too_old", reader=self.name)

    def wait_for_card(self, timeout_ms: int) -> OsdpCard | None:
        """See `Reader.wait_for_card`. A secure channel that drops and is back soon is nobody's news."""
        self._unit.wait_online(ONLINE_TIMEOUT_MS)
        raw = self._unit.wait_for_card(timeout_ms)
        return None if raw is None else self._read(raw)

    def _read(self, raw: RawCard) -> OsdpCard | None:
        uid = uid_of(raw.bits, raw.data)
        if uid is None:
            _log.warning("card_format_unknown", reader=self.name, bits=raw.bits)
            return None
        return OsdpCard(uid, raw.seen_ns)

    def close(self) -> None:
        """See `Reader.close`. The line stays open for the others."""


class OsdpLock:
    """One of the reader's outputs as a strike, by the reader's own timer."""

    def __init__(self, unit: Unit, output: int) -> None:
        self._unit = unit
        self._output = output
        self._state = LockState.LOCKED

    def unlock(self, for_ms: int | None) -> None:
        """See `Lock.unlock`."""
        self._state = LockState.UNLOCKED
        self._unit.give(Switch(self._output, on=True, for_ms=for_ms))

    def lock(self) -> None:
        """See `Lock.lock`."""
        self._state = LockState.LOCKED
        self._unit.give(Switch(self._output, on=False))

    @property
    def state(self) -> LockState:
        """See `Lock.state`. What it was told; the reader's timer may have ended it."""
        return self._state

    def watch(self, watcher: LockWatcher) -> None:
        """See `Lock.watch`."""
        told: list[str] = []

        def changed() -> None:
            lacking = self._unit.lacks(self._output)
            why = lacking or ("" if self._unit.is_online else f"{self._unit.name} does not answer")
            if told != [why]:
                told[:] = [why]
                watcher(not why, why)

        self._unit.watch(changed)

    def close(self) -> None:
        """See `Lock.close`. The line stays open for the others."""


class OsdpFeedback:
    """Lamp, buzzer, and one line of text for readers with a display."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def show(self, reason: Reason, answer: Answer | None = None) -> None:
        """See `Feedback.show`."""
        granted = answer.service.is_good if answer else reason is Reason.GRANTED
        said = service_sentence(answer.service) if answer else sentence(reason)
        self._unit.give(Shine(Colour.GREEN if granted else Colour.RED, SHOW_MS))
        self._unit.give(Beep(BEEPS_YES if granted else BEEPS_NO))
        self._unit.give(Write(said.display.en, SHOW_MS))


class OsdpSounder:
    """The reader's buzzer as the door's sounder."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def sound(self, sound: Sound) -> None:
        """See `DoorSounder.sound`. Warning and alarm are the same tone; nobody mistakes either for a yes."""
        self._unit.give(Beep(0 if sound is Sound.QUIET else None))


class OsdpKeyPad:
    """The reader's keys."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def watch(self, watcher: KeyWatcher) -> None:
        """See `KeyPad.watch`."""
        self._unit.watch_keys(watcher)


class OsdpInput:
    """One of the reader's inputs, or its tamper switch."""

    def __init__(self, unit: Unit, address: str) -> None:
        """`address` is the input's number from 0, or TAMPER; EquipmentFault otherwise."""
        if address != TAMPER and not (address.isascii() and address.isdigit()):
            raise EquipmentFault(f"the reader {unit.name} has inputs 0, 1, … and {TAMPER}, not {address!r}")
        self._unit = unit
        self._number = None if address == TAMPER else int(address)
        self._last: Wire | None = None

    def watch(self, watcher: Watcher) -> None:
        """See `Input.watch`."""

        def changed() -> None:
            wire = self._look()
            if wire is not None and wire is not self._last:
                self._last = wire
                watcher(wire)

        self._unit.watch(changed)

    def _look(self) -> Wire | None:
        if not self._unit.is_online:
            return Wire.SILENT
        report = self._unit.local if self._number is None else self._unit.inputs
        position = self._number or 0
        if report is None or position >= len(report):
            return None
        return Wire.ON if report[position] else Wire.OFF
