"""Pages of a list by key, not by offset: the next page starts behind the last key seen."""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from pydantic import BaseModel

PAGE_DEFAULT_ITEMS = 50
PAGE_MAX_ITEMS = 500

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """`next` is the `after` of the following page; None on the last."""

    items: list[T]
    next: str | None = None


def bounded(limit: int) -> int:
    """What a caller asked for, within 1..PAGE_MAX_ITEMS."""
    return max(1, min(limit, PAGE_MAX_ITEMS))


def part(items: Iterable[T], key: Callable[[T], str], *, after: str | None, limit: int) -> Page[T]:
    """A page of a list that is small enough to be held whole, in the order of its keys: texts that stay."""
    behind = sorted((item for item in items if after is None or key(item) > after), key=key)
    return cut(behind[: limit + 1], limit, [key(item) for item in behind[:limit]])


def number_after(after: str | None) -> int | None:
    """`after` of a list by number, or a number that somebody looks for; None for none, and for what is no number.

    What Unicode calls digits (², 三) is none, and neither is what no data base can hold.
    """
    return int(after) if after is not None and after.isascii() and after.isdigit() and len(after) < 19 else None


def cut(rows: list[T], limit: int, keys: list[str]) -> Page[T]:
    """A page from up to `limit` + 1 rows and their keys."""
    more = len(rows) > limit
    return Page(items=rows[:limit], next=keys[limit - 1] if more else None)
