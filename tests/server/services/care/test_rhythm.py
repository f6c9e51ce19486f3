"""Silence against somebody's own rhythm: learned, patient, and never out of what nobody can know."""

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from card_protocol.words.moment import DAY_MS, local_day_and_minute, local_ms
from server.services.care.rhythm import (
    HOUR_MS,
    LOOK_BACK_DAYS,
    UNTIL_KNOWN_MS,
    Finding,
    Span,
    Status,
    assess,
    merged,
    observed,
)

TODAY = date(2026, 3, 4)
"""A Wednesday."""


def at(hour: float, days_ago: int = 0) -> int:
    return local_ms(TODAY, int(hour * 60)) - days_ago * DAY_MS


def every_day(*hours: float, but: frozenset[int] = frozenset()) -> list[int]:
    """Six weeks of the same, up to yesterday."""
    return sorted(at(hour, ago) for ago in range(1, LOOK_BACK_DAYS + 1) if ago not in but for hour in hours)


def found(now_ms: int, seen: list[int], gaps: tuple[Span, ...] = (), away: Status | None = None, **more) -> Finding:
    return assess(now_ms, seen, gaps, consent=more.get("consent", True), away=away, absences=more.get("absences", ()))


def test_who_goes_for_breakfast_at_seven_is_missed_before_noon_and_not_at_eight():
    seen = every_day(7, 12, 17)
    assert found(at(8), seen).status is Status.WELL
    assert found(at(11), seen).status is Status.SILENT
    assert found(at(11), [*seen, at(7.1)]).status is Status.WELL


def test_at_night_nobody_is_missed():
    seen = every_day(7, 12, 17)
    assert found(at(3), seen).status is Status.WELL
    assert found(at(6.5), seen).status is Status.WELL


def test_who_leaves_the_house_every_third_day_is_not_missed_on_the_second():
    seen = [at(10, ago) for ago in range(2, LOOK_BACK_DAYS + 1, 3)][::-1]
    assert found(at(18), seen).status is Status.WELL
    assert found(at(18) + 3 * DAY_MS, seen).status is Status.SILENT


def test_weekends_have_their_own_rhythm():
    seen = [moment for moment in every_day(8) if local_day_and_minute(moment)[0].weekday() < 5]
    sunday = at(9) + 4 * DAY_MS
    assert found(sunday, [*seen, at(8), at(8) + DAY_MS, at(8) + 2 * DAY_MS]).status is Status.WELL


def test_without_a_rhythm_a_day_counts():
    seen = [at(9, 2)]
    first = found(at(8, 1), seen)
    assert (first.status, first.usual_ms) == (Status.WELL, UNTIL_KNOWN_MS)
    assert found(at(10, 1), seen).status is Status.SILENT
    assert found(at(10), []).status is Status.NEVER


def test_an_offline_gateway_is_shown_as_unknown_and_its_time_is_no_silence():
    seen = every_day(7, 12, 17)
    outage = Span(at(6), None)
    assert found(at(20), seen, (outage,)).status is Status.UNKNOWN
    over = Span(at(6), at(20))
    after = found(at(20), seen, (over,))
    assert (after.status, after.silence_ms) == (Status.WELL, 0), "she may have been seen until eight"
    assert found(at(20) + 20 * HOUR_MS, seen, (over,)).status is Status.SILENT


def test_away_and_hospital_and_without_consent():
    seen = every_day(7)
    assert found(at(20), seen, away=Status.AWAY).status is Status.AWAY
    assert found(at(20), seen, away=Status.HOSPITAL).status is Status.HOSPITAL
    assert found(at(20), seen, consent=False) == Finding(Status.NO_CONSENT, None, 0, 0, 0)


def test_a_holiday_does_not_teach_that_silence_is_usual():
    seen = every_day(7, 12, 17, but=frozenset(range(5, 25)))
    holiday = Span(at(18, 25), at(6, 4))
    assert found(at(14), seen, absences=(holiday,)).status is Status.SILENT
    assert found(at(14), seen).status is Status.WELL, "twenty days of silence would count as her way"


moments = st.integers(at(0, LOOK_BACK_DAYS), at(23))
spans = st.builds(lambda a, b: Span(min(a, b), max(a, b) + 1), moments, moments)


@given(st.lists(moments, max_size=60), st.lists(spans, max_size=4), st.data())
def test_nobody_is_silent_for_the_time_of_an_outage(seen, gaps, data):
    """In an outage nobody is silent; after it, its time is in nobody's silence."""
    now = data.draw(moments)
    finding = found(now, seen, tuple(gaps))
    if any(gap.holds(now) for gap in gaps):
        assert finding.status is Status.UNKNOWN
    if finding.last_ms is not None:
        over = [gap.end for gap in gaps if gap.end <= now]
        assert 0 <= finding.silence_ms <= now - max([finding.last_ms, *over])
    if finding.status is Status.SILENT:
        assert finding.silence_ms > finding.usual_ms


@given(st.lists(spans, max_size=6), moments, moments)
def test_spans_that_overlap_are_left_out_once(gaps, one, other):
    start, end = min(one, other), max(one, other)
    whole = merged(gaps)
    assert all(a.end < b.start for a, b in pairwise(whole))
    assert 0 <= observed(start, end, whole) <= end - start
    assert all(any(gap.holds(at_ms) for gap in gaps) == any(w.holds(at_ms) for w in whole) for at_ms in (start, end))
