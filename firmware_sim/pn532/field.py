"""A field whose reader is a PN532 on a pseudo terminal: ``path`` is what the host opens. No root needed."""

import os
import pty
import threading
import tty

from firmware_sim.field.field import Stand
from firmware_sim.field.typea import TypeA
from firmware_sim.field.visit import Visit
from firmware_sim.pn532.chip import Noisy, Pn532
from firmware_sim.pn532.frames import ACK, SYNTAX_ERROR, FrameReader, HostCommand, answer

READ_BYTES = 4096
LONGEST_WAIT_MS = 1000.0


class _Line:
    """The chip's end of the serial line."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor


class Pn532Field:
    """Serves until closed. Our own hold on the far end keeps the line alive between two hosts."""

    def __init__(self) -> None:
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        self._stand = Stand()
        self._air: TypeA | None = None
        self._on_air: Visit | None = None
        self._chip = Pn532(self)
        self._thread = threading.Thread(target=self._serve, name=f"field pn532 {self.path}", daemon=True)
        self._thread.start()

    def place(self, visit: Visit) -> None:
        """Put a card there."""
        self._stand.place(visit)

    def clear(self) -> None:
        """Take the card away."""
        self._stand.clear()

    def close(self) -> None:
        """Stop and close the line."""
        self._stand.stop()
        self._thread.join()
        os.close(self._master)
        os.close(self._slave)
        self._stand.bell.close()

    def off(self) -> None:
        """The carrier goes down: the chip in the field loses its power."""
        if self._air is not None and self._on_air is not None:
            self._on_air.power_off()
        self._air = None

    def exchange(self, frame: bytes, timeout_ms: float) -> bytes | None:
        """One frame over the air. Silence lasts as long as the host asked to wait; an answer that would come
        later than that is not heard any more."""
        visit = self._stand.visit
        if visit is not self._on_air:
            self.off()
            self._on_air = visit
        heard, delay_ms = None, 0.0
        if visit is not None:
            if self._air is None:
                visit.power_on()
                self._air = TypeA(visit.chip, visit.transmit, visit.waits)
            heard = self._air.receive(frame)
            delay_ms = visit.take_delay_ms()
        if heard is None or delay_ms > timeout_ms:
            heard, delay_ms = None, timeout_ms
        if delay_ms:
            self._stand.rest(int(min(delay_ms, LONGEST_WAIT_MS)))
        if visit is None or heard is None or visit.over.is_set():
            return None
        if visit.noisy:
            raise Noisy
        return heard

    def _serve(self) -> None:
        line, frames = _Line(self._master), FrameReader()
        while not self._stand.stopped:
            if not self._stand.wait(line):
                continue
            try:
                data = os.read(self._master, READ_BYTES)
            except OSError:
                self._stand.rest(10)
                continue
            for received in frames.feed(data):
                if isinstance(received, HostCommand):
                    self._obey(received)

    def _obey(self, command: HostCommand) -> None:
        self._write(ACK)
        data = self._chip.execute(command.code, command.data)
        self._write(SYNTAX_ERROR if data is None else answer(command.code, data))

    def _write(self, data: bytes) -> None:
        """To the host; a host that does not read loses bytes, as on a real line."""
        try:
            os.write(self._master, data)
        except OSError:
            return
