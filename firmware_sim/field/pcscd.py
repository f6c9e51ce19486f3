"""A pcscd of one's own with virtual readers, beside the system's: real PC/SC without hardware and without root.

pcscd's socket has a fixed path, so it runs in a mount namespace in which that path is a folder of ours; clients
find it by PCSCLITE_CSOCK_NAME. Where namespaces are forbidden (some containers) and we are root, it takes the
system's path, and only one can run at a time.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Final

SOCKET_VARIABLE: Final = "PCSCLITE_CSOCK_NAME"
SYSTEM_FOLDER: Final = Path("/run/pcscd")
SHORT_FOLDER: Final = Path("/tmp")  # noqa: S108 - a folder of our own with a random name stands in it
SOCKET_NAME: Final = "pcscd.comm"
SOCKET_PATH_MAX_BYTES: Final = 107
"""sockaddr_un.sun_path of Linux less its closing zero; a longer path is cut short by the client without a word."""

READERS_MAX: Final = 16
SLOTS_PER_DRIVER: Final = 2
"""Each instance of vpcd has two slots, on a port and on the next. Their state is static in the driver: entries that
load one file share it and only the last one works, so every pair of readers loads a copy of its own."""

START_TIMEOUT_MS: Final = 10_000
STOP_TIMEOUT_MS: Final = 5_000
PORT_TRIES: Final = 100
_POLL_S: Final = 0.02
_DRIVERS: Final = ("/usr/lib/pcsc/drivers/serial/libifdvpcd.so",)
_IN_NAMESPACE: Final = (
    'mount -t tmpfs none /run && mkdir /run/pcscd && mount --bind "$1" /run/pcscd'
    ' && exec setpriv --pdeathsig KILL pcscd --foreground --config "$2"'
)


class PcscdAbsent(Exception):
    """pcscd or vpcd is not installed, or may not run here. The text says which."""


class VirtualReaders:
    """`count` virtual readers; `ports[i]` is where the card of `names[i]` connects (see `vpcd.VpcdField`)."""

    def __init__(self, folder: Path, count: int = SLOTS_PER_DRIVER) -> None:
        """PcscdAbsent when the programs are not there. Nothing runs before `start`."""
        if not 1 <= count <= READERS_MAX:
            raise ValueError(f"1 to {READERS_MAX} readers, not {count}")
        driver = next((path for path in _DRIVERS if Path(path).is_file()), None)
        if driver is None or _pcscd() is None:
            raise PcscdAbsent("pcscd or vsmartcard-vpcd is not installed")
        self._configuration = folder / "reader.conf.d"
        self._configuration.mkdir(parents=True, exist_ok=True)
        self._has_namespace = _may_have_namespace()
        self._folder = _socket_folder(folder) if self._has_namespace else SYSTEM_FOLDER
        self._log = folder / "pcscd.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.ports: list[int] = []
        self.names: list[str] = []
        for number in range(-(-count // SLOTS_PER_DRIVER)):
            first = _free_pair()
            instance = folder / f"vpcd{number}.so"
            shutil.copyfile(driver, instance)
            text = f'FRIENDLYNAME "Virtual PCD {number}"\nDEVICENAME /dev/null:{first:#x}\n'
            text += f"LIBPATH {instance}\nCHANNELID {first:#x}\n"
            (self._configuration / f"vpcd{number}").write_text(text)
            self.ports += [first, first + 1]
            self.names += [f"Virtual PCD {number} 00 0{slot}" for slot in range(SLOTS_PER_DRIVER)]
        self.ports, self.names = self.ports[:count], self.names[:count]

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs in its environment to find these readers."""
        return {SOCKET_VARIABLE: str(self._folder / SOCKET_NAME)} if self._has_namespace else {}

    @property
    def is_running(self) -> bool:
        """Whether it was started and lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Returns when clients can connect; PcscdAbsent with the end of its log when that takes too long."""
        assert self._process is None or self._process.poll() is not None, "already running"
        self._folder.mkdir(mode=0o700 if self._has_namespace else 0o755, parents=True, exist_ok=True)
        command = [_pcscd() or "pcscd", "--foreground", "--config", str(self._configuration)]
        if self._has_namespace:
            words = ["sh", "-c", _IN_NAMESPACE, "sh", str(self._folder), str(self._configuration)]
            command = ["unshare", "--map-root-user", "--mount", *words]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own words
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | _SBIN,
                # A session of its own: Ctrl-C is for whoever started us, who ends us when the time has come.
                start_new_session=True,
            )
        deadline = time.monotonic() + START_TIMEOUT_MS / 1000
        while time.monotonic() < deadline and self.is_running:
            if self._answers():
                return
            time.sleep(_POLL_S)
        self.stop()
        raise PcscdAbsent(f"pcscd does not start: {self._log.read_text(errors='replace')[-500:]}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it; killed when it does not follow."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_TIMEOUT_MS / 1000)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        (self._folder / SOCKET_NAME).unlink(missing_ok=True)
        (self._folder / "pcscd.pid").unlink(missing_ok=True)
        if self._folder.parent == SHORT_FOLDER:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self._folder / SOCKET_NAME)) == 0


_SBIN: Final = {"PATH": os.environ.get("PATH", "") + os.pathsep + "/usr/sbin"}


def _pcscd() -> str | None:
    return shutil.which("pcscd", path=_SBIN["PATH"])


def _may_have_namespace() -> bool:
    probe = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/run"]
    try:
        return subprocess.run(probe, check=False, capture_output=True).returncode == 0  # noqa: S603
    except OSError:
        return False


def _socket_folder(folder: Path) -> Path:
    """`folder / "run"`, or a short path of its own where a socket's path in there would be too long."""
    inside = folder / "run"
    if len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_PATH_MAX_BYTES:
        return inside
    return SHORT_FOLDER / f"onecard-pcscd-{secrets.token_hex(4)}"


def _free_pair() -> int:
    """The first of two neighbouring free TCP ports."""
    for _ in range(PORT_TRIES):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("0.0.0.0", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("0.0.0.0", port + 1))
            except OSError:
                continue
            return port
    raise PcscdAbsent("no two neighbouring free ports")
