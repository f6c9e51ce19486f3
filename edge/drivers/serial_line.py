"""A serial port: the only file that imports pyserial."""

import glob
import os
import select
import termios
from types import TracebackType
from typing import Final, Self

import serial
from serial.tools.list_ports import comports

from card_protocol.errors import EquipmentFault

STUCK_S: Final = 0.2
"""How long a port may take no bytes. pyserial's own limit also counts the time for which a busy machine left us waiting
after it had taken them."""

BY_ID: Final = "/dev/serial/by-id/*"
_GONE: Final = (OSError, TypeError, termios.error)
"""What pyserial raises when the device has gone, depending on where it noticed."""


def serial_ports() -> tuple[str, ...]:
    """The serial ports of this machine, by the name that stays the same when an adapter is plugged in elsewhere."""
    lasting = {os.path.realpath(link): link for link in sorted(glob.glob(BY_ID))}
    return tuple(lasting.get(os.path.realpath(port.device), port.device) for port in sorted(comports()))


class SerialLine:
    """An open port, ours alone. Everything that goes wrong is an EquipmentFault."""

    def __init__(self, port: str, baud: int) -> None:
        self.port = port
        try:
            self._serial = serial.Serial(port, baud, timeout=0, exclusive=True)
        except (OSError, ValueError, termios.error) as error:
            raise EquipmentFault(f"the serial port {port} cannot be opened: {error}") from error

    def fileno(self) -> int:
        """For `select`."""
        return int(self._serial.fileno())

    def read(self, max_bytes: int) -> bytes:
        """What has come so far; does not wait."""
        try:
            return bytes(self._serial.read(max_bytes))
        except _GONE as error:
            raise EquipmentFault(f"the serial port {self.port} has gone: {error}") from error

    def write(self, data: bytes) -> int:
        """How many bytes went out: all, or it is an EquipmentFault."""
        left = memoryview(data)
        try:
            while left:
                left = left[self._write_some(left) :]
        except _GONE as error:
            raise EquipmentFault(f"the serial port {self.port} has gone: {error}") from error
        return len(data)

    def _write_some(self, data: memoryview) -> int:
        try:
            return os.write(self.fileno(), data)
        except BlockingIOError:
            _, ready, _ = select.select([], [self.fileno()], [], STUCK_S)
            if not ready:
                raise EquipmentFault(f"the serial port {self.port} takes no more bytes") from None
            return 0

    def forget_input(self) -> None:
        """What has come so far is noise."""
        try:
            self._serial.reset_input_buffer()
        except _GONE as error:
            raise EquipmentFault(f"the serial port {self.port} has gone: {error}") from error

    def close(self) -> None:
        """Let the port go."""
        self._serial.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.close()
