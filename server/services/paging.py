"""Pages of a list by key, not by offset: the next page starts behind the last key seen."""

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


def cut(rows: list[T], limit: int, keys: list[str]) -> Page[T]:
    """A page from up to `limit` + 1 rows and their keys."""
    more = len(rows) > limit
    return Page(items=rows[:limit], next=keys[limit - 1] if more else None)
