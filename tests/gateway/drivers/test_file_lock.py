"""A lock between processes."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.drivers.file_lock import FileLock, LockTimeout

HOLDER = """
import sys, pathlib
from gateway.drivers.file_lock import FileLock
lock = FileLock(pathlib.Path(sys.argv[1]))
with lock.hold(1000):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_descriptors_exclude_each_other(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "x.lock"), FileLock(tmp_path / "x.lock")
    with first.hold(10):
        assert not second.try_acquire()
        with pytest.raises(LockTimeout, match="held by another process for 10 ms"), second.hold(10):
            pytest.fail("both hold it")
    assert second.try_acquire()


def test_a_holder_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "x.lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    lock = FileLock(tmp_path / "x.lock")
    assert not lock.try_acquire()
    holder.kill()
    holder.communicate(timeout=10)
    with lock.hold(1000):
        pass


def test_it_is_released_after_a_failure(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "x.lock")
    with pytest.raises(RuntimeError), lock.hold(10):
        raise RuntimeError
    assert FileLock(tmp_path / "x.lock").try_acquire()


def test_closing_lets_go(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "x.lock")
    assert lock.try_acquire()
    lock.close()
    deadline = time.monotonic() + 5
    other = FileLock(tmp_path / "x.lock")
    while not other.try_acquire():
        assert time.monotonic() < deadline
