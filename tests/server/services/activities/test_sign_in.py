"""To which activity a tap belongs, and what a sign-in comes to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.activities.quorum import Mark
from server.services.activities.sign_in import (
    EARLY_MS,
    HASTY_MS,
    OUTCOMES,
    STRIKEABLE,
    Span,
    Way,
    is_hasty,
    struck,
    which,
)

HOUR = 3_600_000
MARKS = st.sampled_from([None, *Mark])


def test_the_one_that_is_on_and_the_next_one() -> None:
    first, second = Span("1", 14 * HOUR, 15 * HOUR, False), Span("2", 15 * HOUR, 16 * HOUR, False)
    assert which([first, second], 14 * HOUR + 1) == "1"
    assert which([first, second], 15 * HOUR + 1) == "2"
    assert which([first], 14 * HOUR - EARLY_MS) == "1"
    assert which([first], 14 * HOUR - EARLY_MS - 1) is None
    assert which([first], 15 * HOUR + 1) is None
    assert which([], 0) is None


def test_who_is_expected_at_the_next_one_comes_early_for_that() -> None:
    on, next_ = Span("1", 14 * HOUR, 15 * HOUR, False), Span("2", 15 * HOUR, 16 * HOUR, True)
    assert which([on, next_], 14 * HOUR + HOUR // 2) == "2"
    both = on._replace(expects=True)
    assert which([both, next_], 14 * HOUR + HOUR // 2) == "1"


SPANS = st.builds(
    Span,
    st.sampled_from("abc"),
    st.integers(0, 10 * HOUR),
    st.integers(10 * HOUR, 20 * HOUR),
    st.booleans(),
)


@given(st.lists(SPANS, max_size=5), st.integers(0, 25 * HOUR))
def test_a_tap_belongs_to_one_that_was_open_then(spans: list[Span], at_ms: int) -> None:
    found = which(spans, at_ms)
    open_then = {span.id for span in spans if span.from_ms - EARLY_MS <= at_ms <= span.to_ms}
    assert (found in open_then) if open_then else found is None


@given(MARKS, st.lists(st.sampled_from(Way), max_size=6))
def test_whoever_taps_again_changes_nothing(mark: Mark | None, ways: list[Way]) -> None:
    for way in ways:
        once = OUTCOMES[mark, way]
        assert OUTCOMES[once, way] is once
        mark = once


def test_every_mark_and_way_has_an_outcome() -> None:
    assert set(OUTCOMES) == {(mark, way) for mark in (None, *Mark) for way in Way}


@given(st.lists(st.just(Way.TAP), max_size=5))
def test_another_persons_card_stays_struck_out_until_somebody_sees_the_person(taps: list[Way]) -> None:
    mark = struck(Mark.PRESENT, Way.TAP)
    assert mark is Mark.STRUCK
    for way in taps:
        mark = OUTCOMES[mark, way]
    assert mark is Mark.STRUCK
    assert OUTCOMES[mark, Way.NAME] is Mark.PRESENT


@pytest.mark.parametrize("mark", Mark)
def test_only_a_sign_in_by_card_can_be_another_persons(mark: Mark) -> None:
    assert struck(mark, Way.NAME) is None
    assert struck(mark, None) is None
    assert (struck(mark, Way.TAP) is Mark.STRUCK) == (mark in STRIKEABLE)


def test_two_cards_in_one_hand() -> None:
    assert not is_hasty(None, 5000)
    assert is_hasty(5000, 5000 + HASTY_MS - 1)
    assert not is_hasty(5000, 5000 + HASTY_MS)
    assert not is_hasty(5000, 4000), "a clock that was set back proves nothing"
