"""Group commit: threads that want to write at the same time share one transaction (one fsync).

The first that comes leads: it takes everything that waits, commits it, and hands the lead to one that came in
the meantime. Nobody waits for company when it is alone, so a single writer pays nothing.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

GROUP_MAX_ITEMS = 256
_YIELDS = 8
"""How often a leader lets the followers of the last round catch up, before it commits without them."""

T = TypeVar("T")
R = TypeVar("R")


class _Turn(Generic[T, R]):
    """One caller: waits on `lock` until it is served or becomes the leader."""

    __slots__ = ("error", "item", "leads", "lock", "result")

    def __init__(self, item: T) -> None:
        self.item = item
        self.lock = Lock()
        self.leads = False
        self.result: R | None = None
        self.error: BaseException | None = None


class GroupCommit(Generic[T, R]):
    """`commit` gets the items of one round and returns a result for each; what it raises, every item of it gets."""

    def __init__(self, commit: Callable[[list[T]], list[R]]) -> None:
        self._commit = commit
        self._gate = Lock()
        self._waiting: list[_Turn[T, R]] = []
        self._busy = False
        self._company = 1

    def submit(self, item: T) -> R:
        """Blocks until the item is committed; raises what `commit` raised for its round."""
        turn: _Turn[T, R] = _Turn(item)
        with self._gate:
            self._waiting.append(turn)
            if self._busy:
                turn.lock.acquire()
            else:
                self._busy = turn.leads = True
        if not turn.leads:
            turn.lock.acquire()
        if turn.leads:
            self._lead()
        if turn.error is not None:
            raise turn.error
        assert turn.result is not None
        return turn.result

    def _lead(self) -> None:
        self._let_followers_catch_up()
        with self._gate:
            round_, self._waiting = self._waiting[:GROUP_MAX_ITEMS], self._waiting[GROUP_MAX_ITEMS:]
        try:
            for turn, result in zip(round_, self._commit([turn.item for turn in round_]), strict=True):
                turn.result = result
        except BaseException as error:
            for turn in round_:
                turn.error = error
        with self._gate:
            self._company = len(round_) + len(self._waiting)
            self._busy = bool(self._waiting)
            heir = self._waiting[0] if self._waiting else None
            if heir is not None:
                heir.leads = True
        for turn in round_:
            if not turn.leads:
                turn.lock.release()
        if heir is not None:
            heir.lock.release()

    def _let_followers_catch_up(self) -> None:
        for _ in range(_YIELDS):
            if len(self._waiting) >= self._company:
                return
            time.sleep(0)
