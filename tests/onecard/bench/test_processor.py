"""Processor time of another process."""

import os
import time

import pytest

from onecard.bench.processor import processor_s

A_TICK_OF_EACH_S = 2 / os.sysconf("SC_CLK_TCK")


def test_our_own_is_what_python_says_of_it() -> None:
    before = time.process_time()
    found = processor_s(os.getpid())
    assert before - A_TICK_OF_EACH_S <= found <= time.process_time() + A_TICK_OF_EACH_S


def test_of_a_process_that_is_not_there() -> None:
    with pytest.raises(OSError, match="/proc/"):
        processor_s(2**22 + 1)
