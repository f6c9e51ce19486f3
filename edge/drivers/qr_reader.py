"""A scanner of QR codes that types what it reads into a serial port (USB-COM or RS-232), each code ended by CR or LF.

    qr:/dev/serial/by-id/…          9600 baud
    qr:/dev/serial/by-id/…@115200

Scanners leave the factory as keyboards: the manual's code "USB-COM" or "virtual serial port" makes one a port.
"""

import select
import time
from typing import Final

from card_protocol.errors import EquipmentFault
from edge.core.pass_code import uid_of
from edge.drivers.serial_line import SerialLine
from edge.ports.reader import CardKind

BAUD: Final = 9600
LINE_MAX_BYTES: Final = 1024
"""A longer line is noise and is thrown away up to its end."""

HELD_MS: Final = 1500
"""A scanner repeats a code that is held before it; after so long without one it has gone."""

READ_BYTES: Final = 256
_MS_NS: Final = 1_000_000


class QrCode:
    """A code that was read. To every command it answers with its text: there is nothing else in it."""

    kind = CardKind.CODE

    def __init__(self, reader: "QrReader", text: str, seen_ns: int) -> None:
        self.uid = uid_of(text)
        self.seen_ns = seen_ns
        self.text = text
        self._reader = reader

    def transmit(self, command: bytes) -> bytes:  # noqa: ARG002
        """See `CardInField.transmit`."""
        return self.text.encode()

    def wait_for_removal(self, timeout_ms: int) -> bool:
        """See `CardInField.wait_for_removal`."""
        return self._reader.wait_until_gone(self.text, timeout_ms)


class QrReader:
    """The scanner as a reader."""

    def __init__(self, address: str) -> None:
        """`PORT` or `PORT@BAUD`; EquipmentFault when it cannot be opened."""
        port, _, baud = address.partition("@")
        if baud and not (baud.isascii() and baud.isdigit() and len(baud) < 8):
            raise EquipmentFault(f"a baud rate is a number, not {baud!r}")
        self.name = port
        self._line = SerialLine(port, int(baud or BAUD))
        self._typed = bytearray()
        self._too_long = False
        self._codes: list[tuple[str, int]] = []
        self._last_ns = 0

    def wait_for_card(self, timeout_ms: int) -> QrCode | None:
        """See `Reader.wait_for_card`."""
        if not self._codes:
            self._listen(timeout_ms)
        if not self._codes:
            return None
        text, seen_ns = self._codes.pop(0)
        self._last_ns = seen_ns
        return QrCode(self, text, seen_ns)

    def wait_until_gone(self, text: str, timeout_ms: int) -> bool:
        """True once the code has not been read for HELD_MS, or another was."""
        self._listen(timeout_ms)
        while self._codes and self._codes[0][0] == text:
            self._last_ns = self._codes.pop(0)[1]
        return bool(self._codes) or time.monotonic_ns() - self._last_ns >= HELD_MS * _MS_NS

    def close(self) -> None:
        """See `Reader.close`."""
        self._line.close()

    def _listen(self, timeout_ms: int) -> None:
        """Until a code is complete, or for so long."""
        until_ns = time.monotonic_ns() + timeout_ms * _MS_NS
        while not self._codes:
            left_s = (until_ns - time.monotonic_ns()) / 1e9
            if left_s <= 0:
                return
            try:
                ready, _, _ = select.select([self._line.fileno()], [], [], left_s)
            except (OSError, ValueError, TypeError) as error:
                raise EquipmentFault(f"the scanner at {self.name} has gone: {error}") from error
            if ready:
                data = self._line.read(READ_BYTES)
                if not data:
                    raise EquipmentFault(f"the scanner at {self.name} has gone")
                self._take(data)

    def _take(self, data: bytes) -> None:
        for byte in data:
            if byte not in b"\r\n":
                self._too_long |= len(self._typed) >= LINE_MAX_BYTES
                if not self._too_long:
                    self._typed.append(byte)
                continue
            text = self._typed.decode("utf-8", "replace").strip()
            if text and not self._too_long:
                self._codes.append((text, time.monotonic_ns()))
            self._typed.clear()
            self._too_long = False
