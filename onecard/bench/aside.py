"""A part of a benchmark in a process of its own, which does not share our interpreter; orders and reports by a pipe."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Final

END_TIMEOUT_S: Final = 60
_spawn = multiprocessing.get_context("spawn")


@contextmanager
def aside(body: Callable[..., None], *words: object) -> Iterator[Connection]:
    """Run `body(*words, pipe)` there; the other end of the pipe is yielded.

    Left in peace, it has END_TIMEOUT_S to end by itself; it never outlives this block.
    """
    ours, theirs = _spawn.Pipe()
    process = _spawn.Process(target=body, args=(*words, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
        process.join(END_TIMEOUT_S)
    finally:
        process.kill()
        process.join()
