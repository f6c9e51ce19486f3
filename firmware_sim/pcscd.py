"""A pcscd of our own with virtual readers (vsmartcard's vpcd), beside any that the machine runs already.

pcscd has one fixed folder, /run/pcscd. In a mount namespace of its own (unshare(1), no root needed) that folder is
one of ours, so that several can run, and clients find theirs by PCSCLITE_CSOCK_NAME.
"""

import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

SLOTS_PER_READER = 2
"""vpcd serves two slots, on its port and the next."""

START_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 5.0
VPCD_LIBRARY = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
SOCKET_VARIABLE = "PCSCLITE_CSOCK_NAME"

_ENTRY = 'FRIENDLYNAME "{name}"\nDEVICENAME /dev/null:{port:#06X}\nLIBPATH {library}\nCHANNELID {port:#06X}\n\n'
_IN_NAMESPACE = (
    'mount -t tmpfs tmpfs /run && mkdir /run/pcscd && mount --bind "$1" /run/pcscd'
    ' && exec "$2" --foreground --config "$3"'
)


class PcscdUnavailable(RuntimeError):
    """pcscd or vpcd is not installed, or the machine does not let us start it; the text says which."""


@dataclass(frozen=True)
class Slot:
    """One virtual reader: its PC/SC name, and the TCP port on which a virtual card connects to it."""

    name: str
    port: int


class PrivatePcscd:
    """Start it, use `environment` for its clients, stop it. A context manager."""

    def __init__(self, folder: Path, slots: int = SLOTS_PER_READER) -> None:
        self._run, self._config = folder / "run", folder / "readers"
        self._log = folder / "pcscd.log"
        self._process: subprocess.Popen[bytes] | None = None
        devices = -(-slots // SLOTS_PER_READER)
        ports = [_free_pair() for _ in range(devices)]
        self._devices = [(f"Onecard Virtual {index}", port) for index, port in enumerate(ports)]
        found = [Slot(f"{name} 00 {n:02d}", port + n) for name, port in self._devices for n in range(SLOTS_PER_READER)]
        self.slots = tuple(found[:slots])

    @property
    def environment(self) -> dict[str, str]:
        """What a client's process needs to find this pcscd."""
        return {SOCKET_VARIABLE: str(self._run / "pcscd.comm")}

    def start(self) -> None:
        """PcscdUnavailable when it does not come up."""
        program, unshare = _program("pcscd"), _program("unshare")
        if not VPCD_LIBRARY.exists():
            raise PcscdUnavailable("vpcd is not installed (Debian: vsmartcard-vpcd)")
        for path in (self._run, self._config):
            path.mkdir(parents=True, exist_ok=True)
        lines = "".join(_ENTRY.format(name=name, port=port, library=VPCD_LIBRARY) for name, port in self._devices)
        (self._config / "vpcd").write_text(lines, encoding="ascii")
        arguments = [str(self._run), program, str(self._config)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - fixed programs, our own paths
                [unshare, "--map-root-user", "--mount", "sh", "-c", _IN_NAMESPACE, "sh", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_up()

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                raise PcscdUnavailable(f"pcscd did not start: {self._last_words()}")
            if all(_listens(slot.port) for slot in self.slots):
                return
            time.sleep(0.05)
        self.stop()
        raise PcscdUnavailable(f"pcscd did not serve its readers in {START_TIMEOUT_S:.0f} s: {self._last_words()}")

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def stop(self) -> None:
        """End it."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_TIMEOUT_S)
        self._process = None

    def __enter__(self) -> "PrivatePcscd":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _program(name: str) -> str:
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin:/sbin:/bin")
    if path is None:
        raise PcscdUnavailable(f"{name} is not installed")
    return path


def _free_pair() -> int:
    """A port p such that p and p + 1 are free at this moment."""
    for _ in range(100):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("", port + 1))
            except (OSError, OverflowError):
                continue
            return port
    raise PcscdUnavailable("no two free ports side by side")


def _listens(port: int) -> bool:
    """Whether somebody listens, without connecting: to vpcd a connection is a card."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return True
        return False
