"""A relay board on a pseudo terminal."""

import contextlib
import os
import pty
import threading
import tty
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

import pytest

from card_protocol.errors import EquipmentFault
from edge.drivers import switched
from edge.drivers.relay_lock import command, relay_lock
from edge.drivers.switched import SwitchedLock
from tests.edge.drivers.lock_contract import PluggedLockContract, Strike


class Board(Strike):
    """Eight relays that believe commands whose sum is right."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.relays = [False] * 8
        self._ends: tuple[FileIO, ...] = ()
        self.plug()

    def is_released(self) -> bool:
        return self.relays[1]

    def plug(self) -> None:
        master, slave = pty.openpty()
        tty.setraw(slave)
        self.path.symlink_to(os.ttyname(slave))
        self._ends = (FileIO(master, "r+"), FileIO(slave, "r+"))
        threading.Thread(target=self._listen, args=(self._ends[0],), daemon=True).start()

    def unplug(self) -> None:
        self.path.unlink(missing_ok=True)
        for end in self._ends:
            end.close()

    def _listen(self, master: FileIO) -> None:
        held = b""
        with contextlib.suppress(OSError, ValueError):
            while data := master.read(64):
                held += data
                while len(held) >= 4:
                    head, total, held = held[:3], held[3], held[4:]
                    if head[0] == 0xA0 and sum(head) & 0xFF == total:
                        self.relays[head[1] - 1] = bool(head[2])


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switched, "RETRY_MS", 20)
    monkeypatch.setattr(switched, "CHECK_MS", 50)


class TestContract(PluggedLockContract):
    @pytest.fixture
    def strike(self, tmp_path: Path) -> Iterator[Board]:
        board = Board(tmp_path / "ttyUSB1")
        yield board
        board.unplug()

    @pytest.fixture
    def lock(self, strike: Board) -> Iterator[SwitchedLock]:
        lock = relay_lock(f"{strike.path}/2")
        yield lock
        lock.close()


def test_commands_as_literal_bytes() -> None:
    assert command(1, True) == bytes.fromhex("A00101A2")
    assert command(1, False) == bytes.fromhex("A00100A1")
    assert command(8, True) == bytes.fromhex("A00801A9")


@pytest.mark.parametrize("address", ["", "1", "/dev/ttyUSB1", "/dev/ttyUSB1/9", "/dev/ttyUSB1/0"])
def test_an_address_that_is_none_is_told(address: str) -> None:
    with pytest.raises(EquipmentFault, match="a relay is PORT/NUMBER"):
        relay_lock(address)
