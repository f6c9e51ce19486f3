"""Not seen today: somebody's silence, measured against their own rhythm. Pure.

    seen      when they tapped, at whichever points they use [ms], rising
    gaps      when a gateway among those points could not tell: what happened then is unknown, and no silence; a moment
              at which somebody met them is one without length
    absences  when they were away or in hospital

The question at any moment is how long a silence is usual at this time on this kind of day. The answer comes from the
last six weeks: on every earlier day of the kind, the longest silence that ended or lasted in the two hours before this
minute. Who goes for breakfast at seven is missed soon after nine; who leaves the house every third day is not missed on
the second. Silence beyond nearly all of those is worth a call.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import pairwise
from math import ceil
from typing import Final, NamedTuple

from card_protocol.words.moment import DAY_MS, MINUTE_MS, local_day_and_minute

HOUR_MS: Final = 60 * MINUTE_MS
LOOK_BACK_DAYS: Final = 42
QUANTILE: Final = 0.95
PATIENCE_MS: Final = 2 * HOUR_MS
"""Who always comes at seven is not missed before nine."""

SLACK_MS: Final = HOUR_MS
LEAST_SAMPLES: Final = 8
"""With fewer comparable days there is no rhythm yet, and UNTIL_KNOWN_MS counts."""

UNTIL_KNOWN_MS: Final = 24 * HOUR_MS
LEAST_MS: Final = 4 * HOUR_MS
MOST_MS: Final = 96 * HOUR_MS
SATURDAY: Final = 5


class Span(NamedTuple):
    """From `start` up to, and without, `end` [ms]; `end` None: it lasts."""

    start: int
    end: int | None

    def holds(self, at_ms: int) -> bool:
        """Whether a moment lies in it. A span that ends now is over."""
        return self.start <= at_ms and (self.end is None or at_ms < self.end)

    def touches(self, start: int, end: int) -> bool:
        """Whether something of start..end lies in it."""
        return self.start <= end and (self.end is None or start < self.end)


class Status(StrEnum):
    """How things stand with somebody."""

    NO_CONSENT = "no_consent"
    """Nothing is looked at."""
    HOSPITAL = "hospital"
    AWAY = "away"
    UNKNOWN = "unknown"
    """A gateway among their points cannot tell: they may have been seen, and nobody here knows."""
    NEVER = "never"
    """Not seen in six weeks: there is nothing to compare with."""
    SILENT = "silent"
    WELL = "well"


class Finding(NamedTuple):
    """What was found. `silence_ms` begins anew after a gap; `samples` are the comparable days."""

    status: Status
    last_ms: int | None
    silence_ms: int
    usual_ms: int
    samples: int


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans that overlap as one, in order: nothing is left out twice."""
    whole: list[Span] = []
    for span in sorted(spans, key=lambda s: s.start):
        last = whole[-1] if whole else None
        if last is not None and (last.end is None or span.start <= last.end):
            end = None if last.end is None or span.end is None else max(last.end, span.end)
            whole[-1] = Span(last.start, end)
        else:
            whole.append(span)
    return whole


def assess(
    now_ms: int,
    seen: Sequence[int],
    gaps: Iterable[Span],
    *,
    consent: bool,
    away: Status | None,
    absences: Iterable[Span],
) -> Finding:
    """How things stand with somebody now. `away`: AWAY or HOSPITAL when somebody said so."""
    if not consent:
        return Finding(Status.NO_CONSENT, None, 0, 0, 0)
    unknown = merged(gaps)
    known = [at for at in sorted(seen) if now_ms - LOOK_BACK_DAYS * DAY_MS <= at <= now_ms]
    usual_ms, samples = usual(now_ms, known, merged([*unknown, *absences]))
    last = known[-1] if known else None
    silence = 0 if last is None else observed(last, now_ms, unknown)
    status = away or _status(now_ms, last, silence, usual_ms, unknown)
    return Finding(status, last, silence, usual_ms, samples)


def _status(now_ms: int, last: int | None, silence_ms: int, usual_ms: int, unknown: Sequence[Span]) -> Status:
    if any(span.holds(now_ms) for span in unknown):
        return Status.UNKNOWN
    if last is None:
        return Status.NEVER
    return Status.SILENT if silence_ms > usual_ms else Status.WELL


def observed(last_ms: int, now_ms: int, unknown: Iterable[Span]) -> int:
    """How long it is certain that nobody saw them [ms]: they may have been seen up to the end of the last gap."""
    ends = (now_ms if span.end is None else min(span.end, now_ms) for span in unknown if span.start <= now_ms)
    return now_ms - max(last_ms, max(ends, default=last_ms))


def usual(now_ms: int, seen: Sequence[int], left_out: Sequence[Span]) -> tuple[int, int]:
    """(silence that is not unusual now [ms], the number of days that it was learned from)."""
    silences = sorted(_silences(now_ms, seen, left_out))
    if len(silences) < LEAST_SAMPLES:
        return UNTIL_KNOWN_MS, len(silences)
    longest = silences[ceil(QUANTILE * len(silences)) - 1]
    return min(MOST_MS, max(LEAST_MS, longest + SLACK_MS)), len(silences)


def _silences(now_ms: int, seen: Sequence[int], left_out: Sequence[Span]) -> Iterable[int]:
    """On each earlier day of this kind: the longest silence that ended, or lasted, in the hours before this minute."""
    weekend = _is_weekend(now_ms)
    for days in range(1, LOOK_BACK_DAYS + 1):
        then = now_ms - days * DAY_MS
        first = bisect_right(seen, then - PATIENCE_MS)
        if first == 0:
            return
        around = [*seen[first - 1 : bisect_right(seen, then)], then]
        if _is_weekend(then) == weekend and not any(span.touches(around[0], then) for span in left_out):
            yield max(later - earlier for earlier, later in pairwise(around))


def _is_weekend(at_ms: int) -> bool:
    return local_day_and_minute(at_ms)[0].weekday() >= SATURDAY
