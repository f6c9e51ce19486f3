"""The demo's programs as processes: started, watched and ended by their own handle, never by name."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from onecard.language import say

STOP_TIMEOUT_S = 8.0
LOG_TAIL_LINES = 15
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)

# The kernel sends the death signal when the THREAD that made the process ends; this one ends with the demo.
_midwife = ThreadPoolExecutor(max_workers=1, thread_name_prefix="programs")
# Its thread begins before anything can interrupt it: an executor whose first submit is interrupted while it waits for
# the thread does not count that thread, begins a second one, and births are no longer one after the other.
_midwife.submit(lambda: None).result()


class ProgramFailed(RuntimeError):
    """A program ended when it should not, or did not get ready; the message carries the end of its log."""


def demand_free(port: int) -> None:
    """ProgramFailed when a TCP port on 127.0.0.1 cannot be listened on."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        why = say(f"port {port} on 127.0.0.1 cannot be used", f"127.0.0.1 的端口 {port} 无法使用")
        raise ProgramFailed(f"{why}: {os.strerror(error.errno or 0)} (--port)") from error


def _die_with_parent() -> None:
    """Linux: when the demo is killed outright, its programs must not stay behind (prctl(2))."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Program:
    """One process of a Python module (`onecard server run …`) with its log file."""

    def __init__(self, name: str, arguments: Sequence[str], folder: Path, *, talks: bool = False) -> None:
        self.name = name
        self.log_path = folder / f"{name}.log"
        self._command = [sys.executable, "-m", *arguments]
        self._pipe = subprocess.PIPE if talks else None
        self.process: subprocess.Popen[str] | None = None

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Start it, from any thread; its log is appended, so that a restart keeps what came before."""
        _midwife.submit(self._popen, environment).result()

    def _popen(self, environment: Mapping[str, str] | None) -> None:
        with self.log_path.open("a", encoding="utf-8") as log:
            stdin, stdout = self._pipe or subprocess.DEVNULL, self._pipe or log
            self.process = bear(self._command, environment, stdin=stdin, stdout=stdout, stderr=log)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def check(self) -> None:
        """ProgramFailed when it has ended by itself."""
        if not self.alive:
            raise ProgramFailed(f"{self.name} has ended unexpectedly{self._how()}. Its last words:\n{self.tail()}")

    def _how(self) -> str:
        """By its exit code, or by a signal: its last words alone do not tell that it crashed."""
        code = self.process.poll() if self.process is not None else None
        if code is None:
            return ""
        return f" ({signal.Signals(-code).name})" if code < 0 else f" ({code})"

    def tail(self) -> str:
        """The end of its log."""
        lines = self.log_path.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-LOG_TAIL_LINES:])

    def stop(self) -> int | None:
        """Ask it to end (SIGTERM), and after a while insist. Its exit code, or None when it never ran."""
        self._be_born()
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return self.kill()

    def wait(self, timeout_s: float) -> int | None:
        """Its exit code once it has ended by itself; None when it has not, or never ran."""
        self._be_born()
        try:
            return self.process.wait(timeout_s) if self.process is not None else None
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> int | None:
        """SIGKILL, as a power cut would."""
        self._be_born()
        if self.process is None:
            return None
        self.process.kill()
        return self.process.wait(STOP_TIMEOUT_S)

    def _be_born(self) -> None:
        """Whoever interrupted `start` did not wait for the process; it must be known before it can be ended."""
        _midwife.submit(lambda: None).result()


def run_to_end(
    arguments: Sequence[str], environment: Mapping[str, str], timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """One Python module to its end, with what it wrote; subprocess.TimeoutExpired when it takes too long.

    Born like a `Program`: an interruption in the middle of a birth would leave a child that nobody knows.
    """
    command = [sys.executable, "-m", *arguments]
    born: list[subprocess.Popen[str]] = []
    try:
        _midwife.submit(lambda: born.append(_quiet_child(command, environment))).result()
        out, err = born[0].communicate(timeout=timeout_s)
    except BaseException:
        _midwife.submit(lambda: None).result()  # whoever interrupted us did not wait for the birth
        for child in born:
            child.kill()
            child.communicate()
        raise
    return subprocess.CompletedProcess(command, born[0].returncode, out, err)


def _quiet_child(command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    return bear(command, environment, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe)


def bear(
    command: Sequence[str],
    environment: Mapping[str, str] | None,
    *,
    stdin: int,
    stdout: int | IO[str],
    stderr: int | IO[str],
) -> "subprocess.Popen[str]":
    """Every process of the demo is born here; the words of the streams are those of `subprocess.Popen`."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter, our own package
        command,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        text=True,
        env=environment,
        # A session of its own: Ctrl-C reaches the demo, which ends its programs in order.
        start_new_session=True,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - one system call, loaded beforehand
    )


def wait_for_port(port: int, program: Program, timeout_s: float = 90.0) -> None:
    """Wait until something listens on 127.0.0.1:port; ProgramFailed when it ends or takes too long."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        program.check()
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise ProgramFailed(f"{program.name} did not listen on port {port} in {timeout_s:.0f} s:\n{program.tail()}")
