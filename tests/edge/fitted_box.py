"""A box on a bench: one enrolled OSDP reader on a pseudo terminal with a door of wood on its wires."""

import os
from pathlib import Path

from edge.drivers.reader_store import KnownReader, ReaderStore
from firmware_sim.osdp import door as wood
from firmware_sim.osdp.bus import Rs485Bus
from firmware_sim.osdp.mounted import MountedDoor
from firmware_sim.osdp.peripheral import Peripheral

KEY = bytes(range(16))


class FittedBox:
    """`known` False: the reader is still as it left the factory."""

    def __init__(self, folder: Path, *, known: bool = True) -> None:
        self.state_dir = folder / "box"
        self.reader = Peripheral(1, KEY if known else None, os.urandom)
        self.bus = Rs485Bus(folder / "ttyRS485", [self.reader])
        self.door = MountedDoor(self.bus, self.reader, wood.Build(closes_after_ms=20))
        self.store = ReaderStore(self.state_dir)
        if known:
            self.store.put(KnownReader(name="north", port=str(self.bus.path), address=1, key=KEY.hex()))

    def close(self) -> None:
        self.door.close()
        self.bus.close()
