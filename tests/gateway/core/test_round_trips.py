"""When an event was first shown."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.round_trips import RECORDS_MAX, RoundTrips


def test_the_batch_that_showed_it_first_counts() -> None:
    trips = RoundTrips(0)
    trips.sent(50, 100)
    trips.sent(120, 200)
    trips.sent(120, 900)
    assert (trips.acked(50), trips.acked(120)) == (100, 200)


def test_what_the_same_batch_held_was_shown_with_it() -> None:
    trips = RoundTrips(0)
    trips.sent(50, 100)
    trips.sent(120, 200)
    assert trips.acked(60) == 200


def test_sent_again_in_other_company_it_was_shown_before() -> None:
    trips = RoundTrips(0)
    trips.sent(50, 100)
    trips.sent(200, 900)
    assert trips.acked(50) == 100


def test_an_ack_that_is_shown_again_says_nothing() -> None:
    trips = RoundTrips(0)
    trips.sent(50, 100)
    trips.sent(99, 900)
    assert trips.acked(50) == 100
    assert trips.acked(50) is None
    assert trips.acked(10) is None


def test_what_is_older_than_this_run_says_nothing() -> None:
    trips = RoundTrips(70)
    trips.sent(50, 100)
    trips.sent(70, 200)
    assert (trips.acked(50), trips.acked(70)) == (None, None)
    trips.sent(71, 300)
    assert trips.acked(71) == 300


def test_what_it_remembers_is_bounded() -> None:
    trips = RoundTrips(0)
    for number in range(1, 3 * RECORDS_MAX):
        trips.sent(number, number)
    assert len(trips._sent) == RECORDS_MAX


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 30)), max_size=60))
def test_never_later_than_the_truth(steps: list[tuple[bool, int]]) -> None:
    """An ack cannot have been made before its event was shown: what is said must not be later than that."""
    trips, shown = RoundTrips(0), dict[int, int]()
    for now_ns, (is_send, number) in enumerate(steps):
        if is_send:
            trips.sent(number, now_ns)
            for seq in range(1, number + 1):
                shown.setdefault(seq, now_ns)
        elif number in shown:
            found = trips.acked(number)
            assert found is None or found == shown[number]
