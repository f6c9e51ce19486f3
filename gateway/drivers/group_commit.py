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
    """One who came while somebody led: waits on `lock` until it is served or becomes the leader."""

    __slots__ = ("error", "item", "leads", "lock", "result")

    def __init__(self, item: T) -> None:
        self.item = item
        self.lock = Lock()
        self.lock.acquire()
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
        self._company = 0

    def submit(self, item: T) -> R:
        """Blocks until the item is committed; raises what `commit` raised for its round."""
        with self._gate:
            if not self._busy:
                self._busy = True
                turn = None
            else:
                turn = _Turn[T, R](item)
                self._waiting.append(turn)
        if turn is None:
            return self._lead(item)
        turn.lock.acquire()
        if turn.leads:
            return self._lead(item)
        if turn.error is not None:
            raise turn.error
        assert turn.result is not None
        return turn.result

    def _lead(self, item: T) -> R:
        """Commit one's own item and what waits, serve those who waited, and hand the lead on."""
        if self._company:
            self._let_followers_catch_up()
        with self._gate:
            followers, self._waiting = self._waiting[: GROUP_MAX_ITEMS - 1], self._waiting[GROUP_MAX_ITEMS - 1 :]
        try:
            own, *others = self._commit([item, *(turn.item for turn in followers)])
            for turn, result in zip(followers, others, strict=True):
                turn.result = result
        except BaseException as error:
            for turn in followers:
                turn.error = error
            raise
        finally:
            self._hand_on(followers)
        return own

    def _hand_on(self, followers: list[_Turn[T, R]]) -> None:
        with self._gate:
            self._company = len(followers) + len(self._waiting)
            heir = self._waiting.pop(0) if self._waiting else None
            self._busy = heir is not None
        for turn in followers:
            turn.lock.release()
        if heir is not None:
            heir.leads = True
            heir.lock.release()

    def _let_followers_catch_up(self) -> None:
        for _ in range(_YIELDS):
            if len(self._waiting) >= self._company:
                return
            time.sleep(0)
