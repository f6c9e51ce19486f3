"""Which notices hang on a screen."""

from hypothesis import given
from hypothesis import strategies as st

from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.notice import Notice
from card_protocol.words.sentences import Said
from edge.core.notices import SHOWN_MAX, shown_at


def notice(number: int = 1, from_ms: int = 100, to_ms: int = 200, *points: str) -> Notice:
    return Notice(
        number=number,
        zh=f"第{number}号",
        en=f"No. {number}",
        from_ms=from_ms,
        to_ms=to_ms,
        points=frozenset(points or "a"),
    )


def at(wall_ms: int, clock: ClockQuality = ClockQuality.RTC) -> Moment:
    return Moment(wall_ms=wall_ms, mono_ns=1, boot="b1", clock=clock)


def test_from_its_first_moment_to_its_last_at_its_points_alone() -> None:
    shown = {wall: len(shown_at([notice()], "a", at(wall))) for wall in (99, 100, 199, 200)}
    assert shown == {99: 0, 100: 1, 199: 1, 200: 0}
    assert shown_at([notice()], "b", at(150)) == ()


def test_the_newest_is_first_and_there_is_an_end_of_them() -> None:
    many = [notice(number) for number in range(1, SHOWN_MAX + 4)]
    shown = shown_at(many, "a", at(150))
    assert shown[0] == Said(f"第{len(many)}号", f"No. {len(many)}")
    assert len(shown) == SHOWN_MAX


def test_a_box_that_does_not_know_the_time_shows_nothing() -> None:
    assert shown_at([notice()], "a", at(150, ClockQuality.UNKNOWN)) == ()


@given(st.integers(0, 300), st.integers(0, 300))
def test_what_is_over_never_comes_back(first: int, later: int) -> None:
    early, late = sorted((first, later))
    if early >= 100 and not shown_at([notice()], "a", at(early)):
        assert not shown_at([notice()], "a", at(late))
