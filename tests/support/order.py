"""Workers begin with the longest tests: a journey that comes last lets every other worker wait for it.

`--dist worksteal` gives each worker an equal stretch of the list, and who has finished takes from the end of
another's. So the journeys stand at the beginning of the stretches; all else stays in the order that it came in.
"""

import os
from collections.abc import Sequence
from itertools import groupby
from typing import TypeVar

import pytest

LONG = ("tests/journeys/",)
Test = TypeVar("Test")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    items[:] = dealt(items, [item.nodeid for item in items], workers)


def dealt(tests: Sequence[Test], names: Sequence[str], workers: int) -> list[Test]:
    """The same tests: the long ones, a module to each worker in turn, at the beginning of the workers' stretches."""
    named = list(zip(names, tests, strict=True))
    long = [one for one in named if one[0].startswith(LONG)]
    short = iter([test for name, test in named if not name.startswith(LONG)])
    modules = [list(some) for _, some in groupby(long, lambda one: one[0].partition("::")[0])]
    order: list[Test] = []
    for worker in range(workers):
        stretch = len(tests) * (worker + 1) // workers - len(tests) * worker // workers
        mine = [test for module in modules[worker::workers] for _, test in module]
        order += mine
        order += [test for _, test in zip(range(stretch - len(mine)), short, strict=False)]
    return [*order, *short]
