"""The orders in `private/orders.json`: written whole by the daemon, read by the edge, which is rung for.

The bell is a FIFO (fifo(7)): the daemon writes a byte when the file is in place, a reader that waits is there within
a millisecond. Nothing depends on it: who waits looks again now and then.
"""

import contextlib
import os
import select
import threading
from pathlib import Path
from typing import Final

import structlog

from card_protocol.errors import EquipmentFault
from gateway.drivers.linked_file import write_atomically
from gateway.ports.orders import NO_ORDERS, Orders

FILE_NAME: Final = "orders.json"
BELL_NAME: Final = "orders.bell"

_log = structlog.get_logger()


class OrdersUnkept(EquipmentFault):
    """The disk does not take them: the command is not taken either, and the server says it again."""


class OrderWriter:
    """The daemon's hand. `now_ms` is the wall time of the start, for a file that is lost: `Orders.not_before_ms`."""

    def __init__(self, state_dir: Path, now_ms: int) -> None:
        self._folder = state_dir / "private"
        self._path = self._folder / FILE_NAME
        self._bell = state_dir / BELL_NAME
        self._now_ms = now_ms

    def recall(self) -> Orders:
        """What was kept. A damaged file is set aside, and nothing that was issued before now is taken any more."""
        try:
            return Orders.from_bytes(self._path.read_bytes())
        except FileNotFoundError:
            return NO_ORDERS
        except (OSError, ValueError) as error:
            _log.error("orders_unreadable", why=str(error))
            with contextlib.suppress(OSError):
                self._path.replace(self._path.with_suffix(".damaged"))
        return Orders(not_before_ms=self._now_ms)

    def keep(self, orders: Orders) -> None:
        """Durable on return, and whoever waits for it is rung. OrdersUnkept when the disk does not take it."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(self._path, orders.to_bytes())
        except OSError as error:
            raise OrdersUnkept(f"{self._path} cannot be written: {error.strerror}") from error
        ring(self._bell)


def forget_orders(state_dir: Path) -> None:
    """For a box that moves to another place: nobody there knows what was ordered here."""
    (state_dir / "private" / FILE_NAME).unlink(missing_ok=True)


def ring(bell: Path) -> None:
    """Wake who waits at the bell; nobody need be there."""
    try:
        fd = os.open(bell, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return
    try:
        os.write(fd, b"!")
    except OSError:
        # The pipe is full of rings that nobody has heard yet: one more says nothing new.
        pass
    finally:
        os.close(fd)


class OrderReader:
    """See `gateway.ports.orders.OrderBook`. The bell is hung up at the first `wait`: many read, one waits."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / "private" / FILE_NAME
        self._bell = state_dir / BELL_NAME
        self._guard = threading.Lock()
        self._fd = -1
        self._seen: tuple[int, int, int] | None = None
        self._orders: Orders | None = None

    def current(self) -> Orders | None:
        """See the port. One stat(2) while nothing has changed."""
        try:
            found = os.stat(self._path)
        except FileNotFoundError:
            return self._orders or NO_ORDERS
        except OSError as error:
            _log.error("orders_unreadable", why=str(error))
            return self._orders
        mark = (found.st_ino, found.st_mtime_ns, found.st_size)
        if mark == self._seen:
            return self._orders
        with self._guard:
            try:
                self._orders, self._seen = Orders.from_bytes(self._path.read_bytes()), mark
            except (OSError, ValueError) as error:
                _log.error("orders_unreadable", why=str(error))
            return self._orders

    def wait(self, timeout_ms: int) -> None:
        """See the port."""
        fd = self._hung()
        if fd < 0:
            threading.Event().wait(timeout_ms / 1000)
            return
        ready, _, _ = select.select([fd], [], [], timeout_ms / 1000)
        if ready:
            with contextlib.suppress(BlockingIOError):
                os.read(fd, 4096)

    def wake(self) -> None:
        """See the port."""
        ring(self._bell)

    def close(self) -> None:
        """Take the bell down."""
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1

    def _hung(self) -> int:
        """The bell. Open for writing too, or it would ring without end when the writer has gone (fifo(7))."""
        if self._fd < 0:
            try:
                with contextlib.suppress(FileExistsError):
                    os.mkfifo(self._bell, 0o600)
                self._fd = os.open(self._bell, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
            except OSError as error:
                _log.error("no_bell_for_orders", why=str(error))
        return self._fd
