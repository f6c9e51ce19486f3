"""What time it is, with good clocks and bad ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.words.moment import ClockQuality
from gateway.core.timekeeping import BUILD_MS, Reading, start_floor, tell

SECOND_NS = 1_000_000_000
LATER_MS = BUILD_MS + 86_400_000


@pytest.mark.parametrize(
    ("system_ms", "synchronised", "persisted_ms", "wall_ms", "quality"),
    [
        (LATER_MS + 5, True, LATER_MS, LATER_MS + 5, ClockQuality.NTP),
        (LATER_MS + 5, False, LATER_MS, LATER_MS + 5, ClockQuality.RTC),
        (LATER_MS + 5, False, None, LATER_MS + 5, ClockQuality.RTC),
        (0, False, LATER_MS, LATER_MS + 3000, ClockQuality.FLOOR),
        (0, True, LATER_MS, LATER_MS + 3000, ClockQuality.FLOOR),
        (0, False, None, BUILD_MS + 3000, ClockQuality.UNKNOWN),
        (0, False, 17, BUILD_MS + 3000, ClockQuality.UNKNOWN),
    ],
)
def test_the_table(
    system_ms: int, synchronised: bool, persisted_ms: int | None, wall_ms: int, quality: ClockQuality
) -> None:
    """Three seconds after the start."""
    floor = start_floor(persisted_ms, 7 * SECOND_NS)
    assert tell(Reading(system_ms, 10 * SECOND_NS, synchronised), floor) == (wall_ms, quality)


@given(st.integers(0, 2 * LATER_MS), st.none() | st.integers(0, 2 * LATER_MS), st.integers(0, 10**15), st.booleans())
def test_never_before_the_build_or_the_floor(
    system_ms: int, persisted_ms: int | None, ran_ns: int, synchronised: bool
) -> None:
    floor = start_floor(persisted_ms, 0)
    wall_ms, _ = tell(Reading(system_ms, ran_ns, synchronised), floor)
    assert wall_ms >= max(BUILD_MS, persisted_ms or 0)
