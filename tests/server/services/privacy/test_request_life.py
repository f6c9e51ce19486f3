"""The life of a request: nothing before it is known who asks, nothing without a word, and a clock that is told."""

from hypothesis import given
from hypothesis import strategies as st

from card_protocol.words.moment import DAY_MS
from server.services.privacy.request_life import (
    ANSWER_WITHIN_MS,
    OPEN,
    SOON_MS,
    TABLE,
    Clock,
    State,
    Step,
    after,
    clock,
    steps_from,
)


@given(st.lists(st.sampled_from(Step)))
def test_nothing_is_done_unless_it_was_checked(steps: list[Step]) -> None:
    state, checked = State.ASKED, False
    for step in steps:
        state = after(state, step) or state
        checked |= state is State.CHECKED
        assert state is not State.DONE or checked
        assert bool(steps_from(state)) == (state in OPEN), "what is over stays as it is"


def test_the_table_leads_everywhere() -> None:
    assert set(TABLE.values()) == set(State)


def test_the_clock() -> None:
    due = ANSWER_WITHIN_MS
    assert due == 30 * DAY_MS
    assert clock(State.ASKED, due, None, 0) is Clock.RUNS
    assert clock(State.ASKED, due, None, due - SOON_MS) is Clock.SOON
    assert clock(State.CHECKED, due, None, due + 1) is Clock.OVERDUE
    assert clock(State.DONE, due, due, due + 9) is Clock.STOPPED
    assert clock(State.REFUSED, due, due + 1, due + 9) is Clock.LATE
