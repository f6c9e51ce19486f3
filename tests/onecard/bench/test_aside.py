"""A process beside the benchmark: heard over a pipe, and gone afterwards."""

import os
import time
from multiprocessing.connection import Connection

import pytest

from onecard.bench.aside import aside
from tests.support.patience import eventually


def echo(word: str, pipe: Connection) -> None:
    pipe.send((os.getpid(), word))
    pipe.recv()


def sleeper(pipe: Connection) -> None:
    pipe.send(os.getpid())
    time.sleep(600)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_it_is_another_process_that_hears_and_ends() -> None:
    with aside(echo, "hello") as pipe:
        pid, word = pipe.recv()
        assert (pid != os.getpid(), word) == (True, "hello")
        pipe.send("stop")
    assert is_gone(pid)


def failing(pids: list[int]) -> None:
    with aside(sleeper) as pipe:
        pids.append(pipe.recv())
        raise RuntimeError


def test_when_we_fail_it_does_not_stay() -> None:
    pids: list[int] = []
    with pytest.raises(RuntimeError):
        failing(pids)
    eventually(lambda: is_gone(pids[0]))
