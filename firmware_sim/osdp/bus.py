"""An RS-485 bus on a pseudo terminal: the panel's end is a serial port, all peripherals hang on the other.

What the physics do: everybody hears everything, two who speak at once destroy each other's bytes, another baud rate is
noise, and an adapter that is unplugged takes its device file with it.
"""

import contextlib
import os
import pty
import select
import termios
import threading
import time
import tty
from collections.abc import Sequence
from pathlib import Path

from firmware_sim.field.field import Doorbell
from firmware_sim.osdp.frame import Splitter
from firmware_sim.osdp.peripheral import Peripheral

READ_BYTES = 4096
TICK_MS = 5
_BAUDS = {getattr(termios, f"B{baud}"): baud for baud in (9600, 19200, 38400, 57600, 115200, 230400)}


class Rs485Bus:
    """Serves from the start until closed. `path` is the panel's serial port; it stays the same when re-plugged.

    `lock` is held while a packet is worked on: take it to change a peripheral from another thread.
    """

    def __init__(self, path: Path, peripherals: Sequence[Peripheral], baud: int = 9600) -> None:
        self.path = path
        self.peripherals = list(peripherals)
        self.baud = baud
        self.lock = threading.RLock()
        self.late_ms = 0
        """How long every reply is delayed."""
        self.noise = b""
        """Put onto the line before every reply."""
        self._splitter = Splitter()
        self._bell = Doorbell()
        self._stopped = threading.Event()
        self._panel: int | None = None
        self._far: int | None = None
        self.plug()
        self._thread = threading.Thread(target=self._serve, name=f"bus {path.name}", daemon=True)
        self._thread.start()

    def plug(self) -> None:
        """Plug the adapter in: the device file appears."""
        with self.lock:
            if self._panel is not None:
                return
            panel, far = pty.openpty()
            tty.setraw(panel)
            tty.setraw(far)
            os.set_blocking(panel, False)
            self._panel, self._far = panel, far
            self._splitter.reset()
            fresh = self.path.with_suffix(".new")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(os.ttyname(far))
            fresh.replace(self.path)
        self._bell.ring()

    def unplug(self) -> None:
        """Pull the adapter out: whoever has the port open gets errors, and the device file is gone."""
        with self.lock:
            self.path.unlink(missing_ok=True)
            for descriptor in (self._panel, self._far):
                if descriptor is not None:
                    os.close(descriptor)
            self._panel = self._far = None
        self._bell.ring()

    def disturb(self, noise: bytes) -> None:
        """A burst on the line, as from a lift motor."""
        with self.lock:
            self._write(noise)

    def close(self) -> None:
        """Stop and unplug."""
        self._stopped.set()
        self._bell.ring()
        self._thread.join()
        self.unplug()
        self._bell.close()

    def _serve(self) -> None:
        while not self._stopped.is_set():
            with self.lock:
                panel = self._panel
            files: list[Doorbell | int] = [self._bell] if panel is None else [self._bell, panel]
            try:
                ready, _, _ = select.select(files, [], [], 1.0)
            except (OSError, ValueError):
                continue
            if self._bell in ready:
                self._bell.answer()
            if panel is not None and panel in ready:
                self._hear(panel)

    def _hear(self, panel: int) -> None:
        with self.lock:
            if panel != self._panel:
                # Unplugged since. The number may be another file's by now, and reading would rob whoever opened it.
                return
            try:
                data = os.read(panel, READ_BYTES)
            except OSError:
                data = b""
            if data and self._same_baud(panel):
                for packet in self._splitter.feed(data):
                    self._reply(packet)
        if not data:
            # Nobody has the port open at the moment.
            time.sleep(TICK_MS / 1000)

    def _same_baud(self, panel: int) -> bool:
        try:
            return _BAUDS.get(termios.tcgetattr(panel)[5]) == self.baud
        except termios.error:
            return False

    def _reply(self, packet: bytes) -> None:
        now_ms = time.monotonic_ns() // 1_000_000
        heard = [peripheral.receive(packet, now_ms) for peripheral in self.peripherals]
        replies = [reply for reply in heard if reply is not None]
        if not replies:
            return
        if self.late_ms:
            self._stopped.wait(self.late_ms / 1000)
        self._write(self.noise + (replies[0] if len(replies) == 1 else _collide(replies)))

    def _write(self, data: bytes) -> None:
        if self._panel is not None:
            with contextlib.suppress(OSError):
                os.write(self._panel, data)


def _collide(replies: Sequence[bytes]) -> bytes:
    """Both drivers pull at the same two wires."""
    length = max(map(len, replies))
    whole = [reply.ljust(length, b"\xff") for reply in replies]
    return bytes(left & right ^ 0x5A for left, right in zip(whole[0], whole[1], strict=True))
