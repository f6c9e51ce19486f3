"""A background program of a test: started on a free loopback port, ended with the test, its output kept.

The kernel ends the program when the thread that started it dies, however it dies: nothing is left behind on a
desk. So start one from the test's own thread.
"""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

READY_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 15.0
POLL_INTERVAL_S = 0.02
TAIL_BYTES = 4000


class Daemon:
    """One program with a listening port; it may be killed and started again on the same port."""

    def __init__(self, command: Sequence[str], port: int, log: Path, user: str | None = None) -> None:
        self.command = [*self._tied_to_us(), *command]
        self.port = port
        self.log = log
        self.user = user
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def _tied_to_us() -> list[str]:
        """The words that make the kernel end the program with us; util-linux has them on every Linux."""
        setpriv = shutil.which("setpriv")
        return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []

    def is_running(self) -> bool:
        """Whether the program is alive."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and wait until its port answers; AssertionError with its last output when it does not."""
        assert not self.is_running(), "already running"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                user=self.user, group=self.user, extra_groups=[] if self.user else None,
            )  # fmt: skip
        deadline = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline:
            if not self.is_running():
                break
            if self.answers():
                return
            time.sleep(POLL_INTERVAL_S)
        self.kill()
        raise AssertionError(f"{self.command} did not answer on port {self.port}:\n{self.tail()}")

    def answers(self) -> bool:
        """Whether the program does its work already; a listening port is enough for most."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1.0):
                return True
        except OSError:
            return False

    def kill(self) -> None:
        """End it at once, without a chance to save anything (SIGKILL)."""
        self._end(signal.SIGKILL)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end and wait; killed when it does not."""
        self._end(how)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_TIMEOUT_S)
        self._process = None

    def tail(self) -> str:
        """The end of its output."""
        return self.log.read_bytes()[-TAIL_BYTES:].decode(errors="replace") if self.log.exists() else ""
