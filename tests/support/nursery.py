"""Programs of the house, forked from a process that has imported all of them: `bear` in the place of the demo's own.

To import a web framework takes a program seconds of processor time, and a journey starts a dozen programs. Here that
is done once for a test process. What is born is a process as any other, with a session, an environment and streams of
its own; only its modules stand in memory already. The journey of `onecard demo` itself (tests/journeys/test_day.py)
starts every program the long way.
"""

import atexit
import contextlib
import ctypes
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from multiprocessing.reduction import DupFd
from typing import IO, Any

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.support.nursery_school"])


class Child:
    """What of `subprocess.Popen` the demo uses."""

    def __init__(self, process: ForkServerProcess, command: Sequence[str], ours: Mapping[str, IO[str]]) -> None:
        self._process = process
        self._command = command
        self.stdin, self.stdout, self.stderr = (ours.get(name) for name in STREAMS)
        self.pid = process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code; subprocess.TimeoutExpired."""
        self._process.join(timeout)
        code = self.returncode
        if code is None:
            raise subprocess.TimeoutExpired(self._command, timeout or 0)
        return code

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it wrote, once it has ended; subprocess.TimeoutExpired."""
        self.wait(timeout)
        said = []
        for stream in (self.stdout, self.stderr):
            assert stream is not None
            stream.seek(0)
            said.append(stream.read())
            stream.close()
        return said[0], said[1]

    def terminate(self) -> None:
        """SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()


STREAMS = ("stdin", "stdout", "stderr")


def bear(
    command: Sequence[str],
    environment: Mapping[str, str] | None,
    *,
    stdin: int,
    stdout: int | IO[str],
    stderr: int | IO[str],
) -> Child:
    """`[python, "-m", module, *words]` as a child; the streams as for `onecard.demo.programs.bear`."""
    interpreter, option, module, *words = command
    assert (interpreter, option) == (sys.executable, "-m")
    talks = stdin == subprocess.PIPE
    ours: dict[str, IO[str]] = {}
    with contextlib.ExitStack() as lent:
        fds = [
            lent.enter_context(_theirs(name, wish, talks, ours))
            for name, wish in zip(STREAMS, (stdin, stdout, stderr), strict=True)
        ]
        told = dict(os.environ if environment is None else environment)
        process = _context.Process(
            target=_live, args=([DupFd(fd) for fd in fds], module, words, told), name=module, daemon=True
        )
        process.start()
    return Child(process, command, ours)


@contextlib.contextmanager
def _theirs(name: str, wish: Any, talks: bool, ours: dict[str, IO[str]]) -> Iterator[int]:
    """The child's end of a stream; ours, where we have one, comes into `ours`."""
    if wish == subprocess.DEVNULL:
        with open(os.devnull, "r+b") as nothing:
            yield nothing.fileno()
    elif wish == subprocess.PIPE and talks:
        far, near = os.pipe() if name == "stdin" else reversed(os.pipe())
        ours[name] = os.fdopen(near, "w" if name == "stdin" else "r", encoding="utf-8")
        yield far
        os.close(far)
    elif wish == subprocess.PIPE:  # read at the end alone: a file holds however much it is
        ours[name] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        yield ours[name].fileno()
    else:
        yield wish.fileno()


def _live(fds: list[Any], module: str, words: list[str], environment: dict[str, str]) -> None:
    """In the child: what a fresh interpreter would be given, and the module as `__main__`."""
    os.setsid()
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    for number, fd in enumerate(given.detach() for given in fds):
        os.dup2(fd, number)
        os.close(fd)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(0, encoding="utf-8", closefd=False),
        os.fdopen(1, "w", encoding="utf-8", closefd=False),
        os.fdopen(2, "w", encoding="utf-8", buffering=1, errors="backslashreplace", closefd=False),
    )
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [module, *words]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:  # a child of multiprocessing would leave this out
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
