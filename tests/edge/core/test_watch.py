"""When a point is well, replaced, given up."""

from hypothesis import given
from hypothesis import strategies as st

from edge.core.watch import MAX_TRIES, WEDGED_MS, Finding, Watch

WEDGED_NS = WEDGED_MS * 1_000_000


def test_a_point_that_goes_round_is_well() -> None:
    assert Watch().look(100, 100 + WEDGED_NS - 1, 0, running=True) == (Watch(), Finding.WELL)


def test_one_that_sits_somewhere_is_replaced_and_in_the_end_given_up() -> None:
    watch, findings = Watch(), []
    for _ in range(MAX_TRIES + 1):
        watch, finding = watch.look(0, WEDGED_NS, 0, running=True)
        findings.append(finding)
    assert findings == [Finding.REPLACE] * MAX_TRIES + [Finding.GIVE_UP]


def test_a_thread_that_has_ended_is_replaced_at_once() -> None:
    assert Watch().look(5, 5, 0, running=False) == (Watch(1), Finding.REPLACE)


def test_one_that_went_round_for_long_is_forgiven() -> None:
    assert Watch(2).look(WEDGED_NS + 9, WEDGED_NS + 10, 10, running=True)[0] == Watch(2)
    assert Watch(2).look(WEDGED_NS + 10, WEDGED_NS + 10, 10, running=True)[0] == Watch(0)


@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**12), st.booleans())))
def test_it_never_replaces_without_end(looks: list[tuple[int, int, bool]]) -> None:
    watch, in_a_row = Watch(), 0
    for beat_ns, now_ns, running in looks:
        watch, finding = watch.look(beat_ns, now_ns, 0, running=running)
        in_a_row = in_a_row + 1 if finding is Finding.REPLACE else 0
        assert in_a_row <= MAX_TRIES
        assert 0 <= watch.tries <= MAX_TRIES
