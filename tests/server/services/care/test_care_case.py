"""A case of somebody who was not seen: never without a clock, always with an outcome."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from server.services.care.care_case import (
    CLOCKS_MS,
    FALSE_ALARMS,
    STEPS,
    TRUE_ALARMS,
    Case,
    Deed,
    Stage,
    caught_up,
    opened,
    step,
)

CLOSING = [deed for (stage, deed), after in STEPS.items() if stage is Stage.RESIDENT and after is Stage.CLOSED]


def test_without_anybody_doing_anything_it_climbs_to_the_street_and_stays_there():
    case = opened(0)
    hour = 3_600_000
    climbed = caught_up(case, 10 * hour)
    assert [after.stage for _, after in climbed] == [Stage.CONTACT, Stage.COMMUNITY, Stage.STREET, Stage.STREET]
    assert [at for at, _ in climbed] == [hour // 2, hour, 2 * hour, 4 * hour]
    assert climbed[-1][1].due_ms == 10 * hour + CLOCKS_MS[Stage.STREET]


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.CLOSED])
@pytest.mark.parametrize("deed", CLOSING)
def test_every_open_stage_can_be_closed_with_every_outcome(stage, deed):
    assert step(Case(stage, 1), deed, 5) == Case(Stage.CLOSED, None, deed)


def test_what_is_closed_stays_closed():
    assert not [key for key in STEPS if key[0] is Stage.CLOSED]
    assert step(Case(Stage.CLOSED, None, Deed.WELL), Deed.WELL, 1) is None
    assert caught_up(Case(Stage.CLOSED, None, Deed.WELL), 10**12) == []


def test_true_and_false_alarms_are_told_apart():
    assert not TRUE_ALARMS & FALSE_ALARMS
    assert set(CLOSING) - TRUE_ALARMS - FALSE_ALARMS == {Deed.WITHDRAWN}


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_catching_up_in_two_looks_climbs_as_far_as_in_one(first, later):
    def end(case: Case, now: int) -> Case:
        done = caught_up(case, now)
        return done[-1][1] if done else case

    once = end(opened(0), first + later)
    assert end(end(opened(0), first), first + later).stage is once.stage


class CaseLife(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now, self.case = 0, opened(0)

    @rule(minutes=st.integers(0, 300))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * 60_000
        climbed = caught_up(self.case, self.now)
        self.case = climbed[-1][1] if climbed else self.case

    @precondition(lambda self: self.case.stage is not Stage.CLOSED)
    @rule(deed=st.sampled_from(Deed))
    def something_happens(self, deed: Deed) -> None:
        after = step(self.case, deed, self.now)
        assert after is not None
        self.case = after

    @invariant()
    def an_open_case_has_a_clock_that_has_not_run_out_and_a_closed_one_an_outcome(self) -> None:
        if self.case.stage is Stage.CLOSED:
            assert (self.case.due_ms, self.case.outcome is None) == (None, False)
        else:
            assert self.case.due_ms is not None
            assert self.case.due_ms > self.now


TestCaseLife = CaseLife.TestCase
