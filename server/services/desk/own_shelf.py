"""What users have under way, in memory: each finds their own, and what has been over for longest makes room."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from server.services.problems import Code, Problem


class Own(Protocol):
    """Somebody's work."""

    @property
    def id(self) -> str:
        """Not to be guessed."""
        ...

    @property
    def user_id(self) -> str:
        """Whose it is."""
        ...

    @property
    def over(self) -> bool:
        """Whether nothing happens with it any more."""
        ...


T = TypeVar("T", bound=Own)


class OwnShelf(Generic[T]):
    """At most `most` of them. Event loop only."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._there: OrderedDict[str, T] = OrderedDict()

    def __iter__(self) -> Iterator[T]:
        return iter(self._there.values())

    def put(self, one: T) -> None:
        """Keep it; Problem TOO_MANY when so many are still under way."""
        for old in [old for old in self if old.over]:
            if len(self._there) < self._most:
                break
            del self._there[old.id]
        if len(self._there) >= self._most:
            raise Problem(Code.TOO_MANY)
        self._there[one.id] = one

    def get(self, one_id: str, user_id: str) -> T:
        """A user's own; Problem NOT_FOUND."""
        one = self._there.get(one_id)
        if one is None or one.user_id != user_id:
            raise Problem(Code.NOT_FOUND)
        return one

    def mine(self, user_id: str) -> list[T]:
        """What of a user's is not over."""
        return [one for one in self if one.user_id == user_id and not one.over]
