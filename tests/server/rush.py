"""Several who do the same at the same moment, each in a thread and a transaction of their own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from server.services.problems import Problem
from server.services.work import Actor, Work
from tests.server.build import ADMIN, Community

T = TypeVar("T")

MANY = 4


def rush(community: Community, deed: Callable[[Work], T], *, actor: Actor = ADMIN) -> list[T | Problem]:
    """What came of it for each: the result, or why not."""
    together = threading.Barrier(MANY)

    def one(_: int) -> T | Problem:
        together.wait()
        try:
            with community.transactions.work(actor) as work:
                return deed(work)
        except Problem as problem:
            return problem

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))
