"""One RS-485 line with its OSDP readers: the only file that imports libosdp, one thread for each line.

libosdp answers well and recovers badly: after a refused command or a lost secure channel it leaves a reader alone
for 300 seconds. So a reader that is offline is taken off the list and put on it again (its own hot-plug calls) until
it answers. Exceptions in its callbacks vanish: ours only queue. Installation mode, in which anybody may pose as a
reader, is for the installer's command alone.
"""

import select
import socket
import threading
import time
from collections import deque
from collections.abc import Sequence
from queue import Empty
from typing import Any, Final, TypeAlias

import structlog

from card_protocol.errors import EquipmentFault
from edge.drivers.osdp_unit import Beep, Colour, Order, RawCard, Rekey, Shine, Switch, Unit, UnitPlace, Write
from edge.drivers.serial_line import SerialLine
from edge.ports.keys import KEYS

try:
    import osdp_sys
except ImportError:
    osdp_sys = None

WAIT_MS: Final = 5
"""The longest pause between two looks at the line; libosdp asks for 50 at most."""

POLL_EVENTS_MAX: Final = 256
REVIVE_AFTER_MS: Final = 500
"""How long a reader that went offline is left alone."""
START_MS: Final = 2000
"""What a reader on a slow line needs from the first question to the secure channel, generously."""
START_MAX_MS: Final = 8000
DISABLED_MS: Final = 60
LINE_RETRY_MS: Final = 1000
CLOSE_TIMEOUT_MS: Final = 3000

OUTPUT_TICK_MS: Final = 100
OUTPUT_MAX_TICKS: Final = 0xFFFF
TEXT_MAX_CHARS: Final = 32

_KEY_NAMES: Final = {0x7F: "*", 0x0D: "#"}

_log = structlog.get_logger()

Command: TypeAlias = dict[str, Any]


class OsdpBus:
    """All readers on one serial port. Opens and re-opens the port by itself until closed.

    `install`: a reader that still has the factory's key is given the one of its place, as libosdp does it.
    """

    def __init__(self, port: str, baud: int, places: Sequence[UnitPlace], *, install: bool = False) -> None:
        if osdp_sys is None:
            raise EquipmentFault("OSDP readers need libosdp, which is not installed")
        self.port = port
        self.baud = baud
        self._install = install
        self._ear, self._bell = socket.socketpair()
        self._bell.setblocking(False)
        self._units = [Unit(place, self._wake) for place in places]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"osdp {port}", daemon=True)
        self._thread.start()

    def unit(self, name: str) -> Unit:
        """A reader by its name; KeyError."""
        return {unit.name: unit for unit in self._units}[name]

    def close(self) -> None:
        """Stop, and let the port go."""
        self._stop.set()
        self._wake()
        self._thread.join(CLOSE_TIMEOUT_MS / 1000)
        if not self._thread.is_alive():
            self._ear.close()
            self._bell.close()

    def _wake(self) -> None:
        try:
            self._bell.send(b"\x00")
        except OSError:
            # Full: the thread is awake anyhow. Closed: there is none any more.
            return

    def _run(self) -> None:
        osdp_sys.set_loglevel(osdp_sys.LOG_EMERG)
        while not self._stop.is_set():
            try:
                with SerialLine(self.port, self.baud) as line:
                    _Session(line, self._ear, self._units, self._stop, self._install).serve()
            except (EquipmentFault, OSError, ValueError) as error:
                _log.warning("line_lost", port=self.port, why=str(error))
            except Exception:
                _log.exception("line_failed", port=self.port)
            for unit in self._units:
                unit.take_offline()
            self._stop.wait(LINE_RETRY_MS / 1000)


class _Line:
    """libosdp's channel. What goes wrong is kept for the thread, because an exception here would vanish."""

    def __init__(self, line: SerialLine) -> None:
        self.id = 0
        self.error: Exception | None = None
        self._line = line

    def read(self, max_bytes: int) -> bytes:
        try:
            return self._line.read(max_bytes)
        except Exception as error:
            self.error = error
            return b""

    def write(self, data: bytes) -> int:
        try:
            return self._line.write(data)
        except Exception as error:
            self.error = error
            return -1

    def flush(self) -> None:
        try:
            self._line.forget_input()
        except Exception as error:
            self.error = error


class _Session:
    """The port is open: libosdp's control panel and what we add to it."""

    def __init__(
        self, line: SerialLine, ear: socket.socket, units: Sequence[Unit], stop: threading.Event, install: bool
    ) -> None:
        self._serial = line
        self._ear = ear
        self._units = units
        self._stop = stop
        self._line = _Line(line)
        self._events: deque[tuple[int, Command]] = deque(maxlen=POLL_EVENTS_MAX)
        self._completed: deque[tuple[int, Command, int]] = deque(maxlen=POLL_EVENTS_MAX)
        self._revivals = [_Revival(START_MS) for _ in units]
        self._panel = osdp_sys.ControlPanel([self._describe(unit.place, install) for unit in units])
        self._panel.set_event_callback(self._on_event)
        self._panel.set_command_completion_callback(self._on_completion)

    def _describe(self, place: UnitPlace, install: bool) -> Command:
        unused = dict.fromkeys(("version", "model", "vendor_code", "serial_number", "firmware_version"), 0)
        flags = osdp_sys.FLAG_INSTALL_MODE if install else osdp_sys.FLAG_ENFORCE_SECURE
        described = {"name": place.name, "address": place.address, "scbk": place.key, "channel": self._line}
        return {**described, "flags": flags, **unused}

    def _on_event(self, number: int, event: Command) -> int:
        self._events.append((number, event))
        return 0

    def _on_completion(self, number: int, command: Command, status: int) -> None:
        self._completed.append((number, command, status))

    def serve(self) -> None:
        """Until stopped; raises what the port raised."""
        while not self._stop.is_set():
            ears: list[socket.socket | int] = [self._serial.fileno(), self._ear]
            ready, _, _ = select.select(ears, [], [], WAIT_MS / 1000)
            if self._ear in ready:
                self._ear.recv(4096)
            self._send()
            self._panel.refresh()
            if self._line.error is not None:
                raise self._line.error
            self._hear()
            self._look_after()

    def _send(self) -> None:
        for number, unit in enumerate(self._units):
            while unit.is_online:
                try:
                    order = unit.orders.get_nowait()
                except Empty:
                    break
                self._submit(number, order)

    def _submit(self, number: int, order: Order) -> None:
        if not self._panel.submit_command(number, command_of(order)):
            _log.warning("reader_refused_order", reader=self._units[number].name, order=type(order).__name__)

    def _hear(self) -> None:
        now_ns = time.monotonic_ns()
        while self._events:
            number, event = self._events.popleft()
            unit = self._units[number]
            if event["event"] == osdp_sys.EVENT_CARDREAD:
                unit.push_card(RawCard(event["length"], bytes(event["data"]), now_ns))
            elif event["event"] == osdp_sys.EVENT_KEYPRESS:
                unit.pressed(keys_of(bytes(event["data"])))
            elif event["event"] == osdp_sys.EVENT_STATUS:
                if event["type"] == osdp_sys.STATUS_REPORT_INPUT:
                    unit.inputs = bytes(event["report"])
                elif event["type"] == osdp_sys.STATUS_REPORT_LOCAL:
                    unit.local = bytes(event["report"])
                unit.changed()
        while self._completed:
            number, command, status = self._completed.popleft()
            self._carried_out(self._units[number], command, status)

    def _carried_out(self, unit: Unit, command: Command, status: int) -> None:
        code, well = command["command"], status == osdp_sys.COMPLETION_OK
        if code == osdp_sys.CMD_STATUS and not well:
            # A reader that does not know the question is not asked again: libosdp hangs up on it.
            unit.answers_status = False
        if code == osdp_sys.CMD_KEYSET and well:
            unit.rekeyed = True
            unit.changed()
        # libosdp hangs up on a reader that refuses an order. Were it given again at every return, it would never stay.
        if code == osdp_sys.CMD_OUTPUT and status in (osdp_sys.COMPLETION_OK, osdp_sys.COMPLETION_FAILED):
            output = int(command["output_no"])
            if unit.output_answered(output, well):
                _log.error("reader_lacks_output", reader=unit.name, output=output, says=unit.output_count)
            unit.changed()

    def _look_after(self) -> None:
        secure = self._panel.sc_status()
        now_ms = time.monotonic_ns() // 1_000_000
        for number, unit in enumerate(self._units):
            is_online = bool(secure >> number & 1)
            if is_online and not unit.is_online:
                self._revivals[number] = _Revival(REVIVE_AFTER_MS)
                self._greet(number, unit)
            elif unit.is_online and not is_online:
                _log.warning("reader_offline", reader=unit.name)
                unit.take_offline()
            if not is_online:
                self._revivals[number].step(self._panel, number, now_ms)

    def _greet(self, number: int, unit: Unit) -> None:
        _log.info("reader_online", reader=unit.name)
        unit.identity = self._panel.get_pd_id(number)
        complies, outputs = self._panel.check_capability(number, osdp_sys.CAP_OUTPUT_CONTROL)
        unit.output_count = outputs if complies and outputs else None
        if unit.answers_status:
            for kind in (osdp_sys.STATUS_REPORT_INPUT, osdp_sys.STATUS_REPORT_LOCAL):
                self._panel.submit_command(number, {"command": osdp_sys.CMD_STATUS, "type": kind})
        for order in unit.outstanding():
            self._submit(number, order)
        unit.is_online = True
        unit.changed()


class _Revival:
    """Takes a silent reader off libosdp's list and puts it on again, less and less often."""

    def __init__(self, patience_ms: int) -> None:
        self._patience_ms = patience_ms
        self._next_ms = 0
        self._start_ms = START_MS
        self._is_off = False

    def step(self, panel: Any, number: int, now_ms: int) -> None:
        if not self._next_ms:
            self._next_ms = now_ms + self._patience_ms
        if now_ms < self._next_ms:
            return
        if self._is_off:
            panel.enable_pd(number)
            self._next_ms = now_ms + self._start_ms
            self._start_ms = min(2 * self._start_ms, START_MAX_MS)
        else:
            panel.disable_pd(number)
            self._next_ms = now_ms + DISABLED_MS
        self._is_off = not self._is_off


def keys_of(digits: bytes) -> str:
    """What was typed, by SIA OSDP 2.2 § 7.12: digits as ASCII, * as 7F, # as 0D. Other keys (F1, …) mean nothing."""
    named = (_KEY_NAMES.get(code) or chr(code) for code in digits)
    return "".join(name for name in named if name in KEYS)


def command_of(order: Order) -> Command:
    """An order in libosdp's words (SIA OSDP 2.2 § 6.10 to 6.14, 6.18)."""
    match order:
        case Switch(output, on, for_ms):
            ticks = 0 if for_ms is None else min(max(-(-for_ms // OUTPUT_TICK_MS), 1), OUTPUT_MAX_TICKS)
            code = 1 if not on else 2 if for_ms is None else 5
            return {"command": osdp_sys.CMD_OUTPUT, "output_no": output, "control_code": code, "timer_count": ticks}
        case Shine(colour, for_ms):
            return {
                "command": osdp_sys.CMD_LED, "reader": 0, "led_number": 0, "temporary": True, "control_code": 2,
                "on_color": int(colour), "off_color": int(Colour.DARK), "on_count": 1, "off_count": 0,
                "timer_count": for_ms // OUTPUT_TICK_MS,
            }  # fmt: skip
        case Beep(times):
            code = 1 if times == 0 else 2
            counts = {"on_count": 1, "off_count": 1, "rep_count": times or 0}
            return {"command": osdp_sys.CMD_BUZZER, "reader": 0, "control_code": code, **counts}
        case Write(text, for_ms):
            place = {
                "reader": 0,
                "control_code": 2,
                "temp_time": max(for_ms // 1000, 1),
                "offset_row": 1,
                "offset_col": 1,
            }
            return {"command": osdp_sys.CMD_TEXT, **place, "data": text[:TEXT_MAX_CHARS]}
        case Rekey(key):
            return {"command": osdp_sys.CMD_KEYSET, "type": 1, "data": key}
