"""Two taps are a visit."""

from hypothesis import given
from hypothesis import strategies as st

from server.services.care.home_visit import SAME_TAP_MS, VISIT_MAX_MS, Proof, Tap, proofs

MIN = 60_000


def taps(*minutes: int, worker: str = "w", point: str = "p") -> list[Tap]:
    return [Tap(worker, point, minute * MIN) for minute in minutes]


def test_coming_and_going():
    (visit,) = proofs(taps(600, 619))
    assert (visit.came_ms, visit.went_ms, visit.duration_ms) == (600 * MIN, 619 * MIN, 19 * MIN)


def test_who_makes_sure_is_not_going_yet():
    assert proofs([*taps(600), Tap("w", "p", 600 * MIN + 5000), *taps(630)]) == [Proof("w", "p", 600 * MIN, 630 * MIN)]


def test_one_tap_proves_no_duration_and_the_next_day_is_another_visit():
    first, second = proofs(taps(600, 600 + 24 * 60, 620 + 24 * 60))
    assert (first.went_ms, first.duration_ms, second.duration_ms) == (None, None, 20 * MIN)


def test_two_workers_and_two_homes_do_not_mix():
    mixed = [*taps(600, 620, worker="a"), *taps(610, 640, worker="b"), *taps(615, point="q", worker="a")]
    assert [(v.worker, v.point, v.duration_ms) for v in proofs(mixed)] == [
        ("a", "p", 20 * MIN),
        ("b", "p", 30 * MIN),
        ("a", "q", None),
    ]


@given(st.lists(st.integers(0, 3000), max_size=20), st.randoms())
def test_the_order_of_reports_does_not_matter_and_no_visit_is_too_long(minutes, dice):
    told = taps(*minutes)
    shuffled = told[:]
    dice.shuffle(shuffled)
    found = proofs(told)
    assert found == proofs(shuffled)
    assert all(v.duration_ms is None or SAME_TAP_MS <= v.duration_ms <= VISIT_MAX_MS for v in found)
