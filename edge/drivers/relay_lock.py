"""A relay board on a serial port, the LCUS kind: `relay:/dev/ttyUSB1/1` is its first relay.

A command is four bytes: A0, the relay's number from 1, 1 for on or 0 for off, and the sum of the three. It does not
answer, so a board without power is only noticed when its port goes.
"""

import re
from typing import Final

from card_protocol.errors import EquipmentFault
from edge.drivers.serial_line import SerialLine
from edge.drivers.switched import SwitchedLock

BAUD: Final = 9600
START: Final = 0xA0
RELAYS_MAX: Final = 8
_ADDRESS = re.compile(r"(?P<port>/[\w./-]+)/(?P<relay>[1-8])")


def command(relay: int, on: bool) -> bytes:
    """The four bytes that turn a relay."""
    head = bytes((START, relay, on))
    return head + bytes((sum(head) & 0xFF,))


class _Relay:
    def __init__(self, port: str, relay: int) -> None:
        self._line = SerialLine(port, BAUD)
        self._relay = relay

    def turn(self, on: bool) -> None:
        """See `Switch.turn`."""
        self._line.forget_input()
        self._line.write(command(self._relay, on))

    def close(self) -> None:
        """See `Switch.close`."""
        self._line.close()


def relay_lock(address: str) -> SwitchedLock:
    """PORT/RELAY; EquipmentFault for another form. The board itself may come later."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise EquipmentFault(f"a relay is PORT/NUMBER (/dev/ttyUSB1/1, up to {RELAYS_MAX}), not {address!r}")
    return SwitchedLock(address, lambda: _Relay(found["port"], int(found["relay"])))
