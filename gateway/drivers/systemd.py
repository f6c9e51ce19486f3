"""What systemd is told of us: that we are ready, and that we are alive (sd_notify(3)).

Without systemd (no NOTIFY_SOCKET) nothing happens. No library: the protocol is one datagram.
"""

import os
import socket
import time
from collections.abc import Mapping


class Notifier:
    """`ready` once, `alive` every round; the watchdog's interval comes from the unit."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        usec = environment.get("WATCHDOG_USEC", "")
        # Twice as often as asked for, as sd_watchdog_enabled(3) recommends.
        self._every_ns = int(usec) * 1000 // 2 if usec.isdecimal() and int(usec) else 0
        self._told_ns = 0

    def ready(self) -> None:
        """The start is done."""
        self._send("READY=1")

    def alive(self) -> None:
        """The main loop goes round. A loop that hangs is killed and started again by systemd."""
        now_ns = time.monotonic_ns()
        if self._every_ns and now_ns - self._told_ns >= self._every_ns:
            self._told_ns = now_ns
            self._send("WATCHDOG=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        # An address that begins with @ is in the abstract name space.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
            try:
                sock.sendto(message.encode(), address)
            except OSError:
                # Whoever started us is gone; that is not our trouble.
                return
