"""Pages by key."""

from hypothesis import given
from hypothesis import strategies as st

from server.services.paging import PAGE_MAX_ITEMS, bounded, cut


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
