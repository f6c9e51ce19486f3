"""A program is asked to end at whatever moment."""

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import os, sys
from onecard.stopping import stop_on_signal
stop = stop_on_signal()
assert not stop.is_set()
with stop._cond:  # as in the middle of `stop.wait`
    os.kill(os.getpid(), int(sys.argv[1]))
    for _ in range(1000):
        pass
assert stop.wait(20)
print("ended")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_also_when_it_is_asked_while_it_looks_whether_it_was_asked(number: signal.Signals) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(int(number))], capture_output=True, text=True, check=False, timeout=60
    )
    assert (ended.returncode, ended.stdout) == (0, "ended\n"), ended.stderr
