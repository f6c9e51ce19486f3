"""Whether enough have come, against fractions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.activities.quorum import Count, Mark, Rule, Voice, count, needed

SHARES = {Rule.MORE_THAN_HALF: Fraction(1, 2), Rule.TWO_THIRDS: Fraction(2, 3), Rule.FOUR_FIFTHS: Fraction(4, 5)}
VOICES = st.lists(st.builds(Voice, st.sampled_from(Mark), st.booleans()), max_size=30)


@given(st.sampled_from(sorted(SHARES)), st.integers(0, 5000))
def test_the_least_number_that_is_enough(rule: Rule, base: int) -> None:
    number, share = needed(rule, base), SHARES[rule] * base
    enough = (lambda n: n > share) if rule is Rule.MORE_THAN_HALF else (lambda n: n >= share)
    assert number >= 1, "nobody is no meeting"
    assert enough(number)
    assert number == 1 or not enough(number - 1)
    assert needed(Rule.NONE, base) == 0


@pytest.mark.parametrize(
    ("rule", "base", "number"),
    [
        (Rule.MORE_THAN_HALF, 20, 11),
        (Rule.MORE_THAN_HALF, 21, 11),
        (Rule.TWO_THIRDS, 30, 20),
        (Rule.TWO_THIRDS, 31, 21),
        (Rule.FOUR_FIFTHS, 10, 8),
        (Rule.FOUR_FIFTHS, 11, 9),
        (Rule.FOUR_FIFTHS, 0, 1),
    ],
)
def test_numbers_that_people_know(rule: Rule, base: int, number: int) -> None:
    assert needed(rule, base) == number


@given(st.sampled_from(Rule), VOICES)
def test_guests_and_who_has_no_vote_change_nothing(rule: Rule, voices: list[Voice]) -> None:
    plain = count(rule, voices)
    more = [Voice(Mark.GUEST, True), Voice(Mark.PRESENT, False), Voice(Mark.EXEMPT, True)]
    assert count(rule, voices + more) == plain
    assert 0 <= plain.there <= plain.base


@given(st.sampled_from(Rule), VOICES)
def test_who_is_struck_out_is_absent_and_stays_in_the_base(rule: Rule, voices: list[Voice]) -> None:
    struck = [Voice(Mark.STRUCK if one.mark is Mark.PRESENT else one.mark, one.votes) for one in voices]
    assert count(rule, struck) == Count(count(rule, voices).base, count(rule, voices).needed, 0)


def test_the_excused_stay_in_the_base_and_the_exempt_do_not() -> None:
    there = [Voice(Mark.PRESENT, True)] * 5
    away = [Voice(Mark.EXCUSED, True)] * 5
    assert not count(Rule.MORE_THAN_HALF, there + away).reached
    exempt = [Voice(Mark.EXEMPT, True), *away[1:]]
    assert count(Rule.MORE_THAN_HALF, there + exempt) == Count(9, 5, 5)
    assert count(Rule.MORE_THAN_HALF, there + exempt).reached
