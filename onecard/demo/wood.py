"""The door of building 3: of wood, on a simulated reader's terminals, behind libosdp and a line as in a real house.

Cards are read by the reader of the hall beside it; strike, contact and exit button are wires here.
"""

import os
import time
from pathlib import Path

from edge.drivers.reader_store import KnownReader, ReaderStore
from firmware_sim.osdp import door as wood
from firmware_sim.osdp.bus import Rs485Bus
from firmware_sim.osdp.mounted import MountedDoor
from firmware_sim.osdp.peripheral import Peripheral

READER = "unit-door"
ADDRESS = 1
HELD_MS = 2_000
ALARM_MS = 1_000
"""Real time: a day that is played in a minute has none to wait for half of one."""

FINGER_S = 0.1
TOLD_MAX_S = 2.0
"""Then it is let go, whoever listens."""

STRIKE = f"osdp:{READER}/{wood.STRIKE}"
CONTACT = f"osdp:{READER}/{wood.CONTACT}"
BUTTON = f"osdp:{READER}/{wood.BUTTON}"


class DoorOfWood:
    """Hung in `folder`. The verbs are what people do at it, from any thread."""

    def __init__(self, folder: Path) -> None:
        self._key = os.urandom(16)
        self._reader = Peripheral(ADDRESS, self._key, os.urandom)
        self._bus = Rs485Bus(folder / f"{READER}.tty", [self._reader])
        self._door = MountedDoor(self._bus, self._reader)

    def enrol(self, box: Path) -> None:
        """The installer tells the box which reader hangs on which line, and its key."""
        port = str(self._bus.path.resolve())
        ReaderStore(box).put(KnownReader(name=READER, port=port, address=ADDRESS, key=self._key.hex()))

    def walk_through(self) -> bool:
        """Push, go through, let go; whether it opened."""
        opened = self._door.push()
        self._door.let_go()
        return opened

    def prop(self) -> None:
        """Somebody leaves by the button and puts a brick under it."""
        for pressed in (True, False):
            self._door.press(pressed)
            self._wait_until_told()
        self._door.force()
        self._door.prop()
        self._door.let_go()

    def _wait_until_told(self) -> None:
        """A finger stays on a button for longer than a line takes to ask for it."""
        time.sleep(FINGER_S)
        deadline = time.monotonic() + TOLD_MAX_S
        while self._reader.has_news and time.monotonic() < deadline:
            time.sleep(FINGER_S / 10)

    def unprop(self) -> None:
        """Somebody takes the brick away."""
        self._door.unprop()

    @property
    def is_open(self) -> bool:
        """The leaf."""
        return self._door.is_open

    def close(self) -> None:
        """Take it down."""
        self._door.close()
        self._bus.close()
