"""Back-off: it doubles, it has a bound, and dice spread it."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.backoff import Backoff


def test_it_doubles_up_to_its_bound() -> None:
    backoff = Backoff(first_ms=500, longest_ms=15_000)
    assert [backoff.wait_ms(n, 0.0) for n in range(7)] == [500, 1000, 2000, 4000, 8000, 15_000, 15_000]


@given(st.integers(0, 10**9), st.floats(0, 1, exclude_max=True))
def test_dice_add_at_most_half(tries: int, dice: float) -> None:
    backoff = Backoff(first_ms=500, longest_ms=15_000)
    plain = backoff.wait_ms(tries, 0.0)
    assert plain <= backoff.wait_ms(tries, dice) < plain * 1.5
