"""Pages by key."""

from hypothesis import given
from hypothesis import strategies as st

from server.services.paging import PAGE_MAX_ITEMS, bounded, cut, number_after, part


@given(st.integers(-5, 5000))
def test_a_limit_is_within_bounds(limit: int) -> None:
    assert 1 <= bounded(limit) <= PAGE_MAX_ITEMS


@given(st.integers(0, 60), st.integers(1, 20))
def test_following_the_pages_gives_everything_once(count: int, limit: int) -> None:
    everything, seen, after = list(range(count)), [], -1
    for _ in range(count + 2):
        rows = [n for n in everything if n > after][: limit + 1]
        page = cut(rows, limit, [str(n) for n in rows])
        seen += page.items
        if page.next is None:
            break
        after = int(page.next)
    assert seen == everything


@given(st.sets(st.text(max_size=4), max_size=30), st.integers(1, 7))
def test_a_list_that_is_held_whole_comes_in_pages_by_its_keys(names: set[str], limit: int) -> None:
    seen: list[str] = []
    after = None
    for _ in range(len(names) + 1):
        page = part(names, str, after=after, limit=limit)
        seen += page.items
        after = page.next
        if after is None:
            break
    assert seen == sorted(names)


def test_an_after_that_is_no_number_begins_at_the_front() -> None:
    assert number_after("12") == 12
    assert [number_after(text) for text in (None, "", "x", "-1", "1" * 30, "²")] == [None] * 6
