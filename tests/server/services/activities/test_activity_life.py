"""The table of a meeting's life."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.activities.activity_life import (
    OVER,
    POINTS_OF,
    TABLE,
    TAKES_SIGN_INS,
    USUAL_RULE,
    ActivityKind,
    ActivityState,
    ActivityStep,
    after,
    open_steps,
)


def test_the_whole_way() -> None:
    state = ActivityState.PLANNED
    for step, then in (
        (ActivityStep.OPEN, ActivityState.SIGN_IN),
        (ActivityStep.BEGIN, ActivityState.RUNNING),
        (ActivityStep.END, ActivityState.HELD),
    ):
        state = after(state, step) or state
        assert state is then


@given(st.lists(st.sampled_from(ActivityStep), max_size=12))
def test_whatever_is_done_it_ends_once_and_only_a_meeting_that_began_was_held(steps: list[ActivityStep]) -> None:
    state, seen = ActivityState.PLANNED, [ActivityState.PLANNED]
    for step in steps:
        then = after(state, step)
        assert then is None or state not in OVER
        state = then or state
        seen.append(state)
    assert ActivityState.HELD not in seen or ActivityState.RUNNING in seen


@pytest.mark.parametrize("state", ActivityState)
def test_every_state_is_over_or_leads_on(state: ActivityState) -> None:
    leads_on = any(at is state for at, _ in TABLE)
    assert leads_on == (state not in OVER) == (state in TAKES_SIGN_INS)


def test_without_a_quorum_nothing_begins_and_everything_else_is_as_it_was() -> None:
    assert open_steps(ActivityState.SIGN_IN, quorate=False) == [ActivityStep.ADJOURN, ActivityStep.CALL_OFF]
    assert ActivityStep.BEGIN in open_steps(ActivityState.SIGN_IN, quorate=True)
    assert open_steps(ActivityState.RUNNING, quorate=False) == [ActivityStep.END, ActivityStep.ADJOURN]


def test_every_kind_says_what_it_gives_and_wants() -> None:
    assert set(POINTS_OF) == set(USUAL_RULE) == set(ActivityKind)
