"""What time it is, with good clocks and bad ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.words.moment import ClockQuality
from gateway.core.timekeeping import (
    AGREE_MS,
    BUILD_MS,
    DRIFT_PPM,
    USEFUL_BRACKET_MS,
    WORTHLESS_BRACKET_MS,
    Bracket,
    Reading,
    bracket_of,
    cut,
    start_floor,
    tell,
)

SECOND_NS = 1_000_000_000
DAY_NS = 86_400 * SECOND_NS
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
def test_without_a_server(
    system_ms: int, synchronised: bool, persisted_ms: int | None, wall_ms: int, quality: ClockQuality
) -> None:
    """Three seconds after the start."""
    floor = start_floor(persisted_ms, 7 * SECOND_NS)
    assert tell(Reading(system_ms, 10 * SECOND_NS, synchronised), floor) == (wall_ms, quality)


def known(wall_ms: int, mono_ns: int, width_ms: int = 100) -> Bracket:
    offset_us = wall_ms * 1000 - mono_ns // 1000
    return Bracket(offset_us - width_ms * 500, offset_us + width_ms * 500, mono_ns)


@pytest.mark.parametrize(
    ("system_ms", "synchronised", "wall_ms", "quality"),
    [
        (LATER_MS + 1500, True, LATER_MS + 1500, ClockQuality.NTP),
        (LATER_MS + AGREE_MS + 100, True, LATER_MS, ClockQuality.SERVER),
        (LATER_MS + 1500, False, LATER_MS, ClockQuality.SERVER),
        (0, False, LATER_MS, ClockQuality.SERVER),
        (LATER_MS * 2, False, LATER_MS, ClockQuality.SERVER),
        (LATER_MS * 2, True, LATER_MS, ClockQuality.SERVER),
    ],
    ids=["ntp agrees", "ntp is led astray", "rtc is near", "1970", "a far future", "a far future, and sure of it"],
)
def test_with_a_server(system_ms: int, synchronised: bool, wall_ms: int, quality: ClockQuality) -> None:
    floor = start_floor(None, 0)
    now_ns = 10 * SECOND_NS
    assert tell(Reading(system_ms, now_ns, synchronised), floor, known(LATER_MS, now_ns)) == (wall_ms, quality)


def test_the_server_goes_before_a_floor_that_a_wrong_clock_left_in_the_future() -> None:
    floor = start_floor(2 * LATER_MS, 0)
    assert tell(Reading(0, SECOND_NS, False), floor, known(LATER_MS, SECOND_NS)) == (LATER_MS, ClockQuality.SERVER)


def test_a_server_time_of_long_ago_is_worth_nothing() -> None:
    floor = start_floor(LATER_MS, 0)
    said = known(LATER_MS, 0)
    drift_ns = (WORTHLESS_BRACKET_MS - said.width_ms) // 2 * 10_000 * 1_000_000
    assert tell(Reading(0, drift_ns - DAY_NS, False), floor, said)[1] is ClockQuality.SERVER
    assert tell(Reading(0, drift_ns + DAY_NS, False), floor, said)[1] is ClockQuality.FLOOR


def test_a_step_of_the_system_clock_does_not_move_a_box_that_knows_the_server() -> None:
    floor, said = start_floor(None, 0), known(LATER_MS, 0)
    walls = [
        tell(Reading(system_ms, second * SECOND_NS, False), floor, said)[0]
        for second, system_ms in enumerate([LATER_MS, 0, LATER_MS * 3, LATER_MS - 10**9])
    ]
    assert walls == [LATER_MS, LATER_MS + 1000, LATER_MS + 2000, LATER_MS + 3000]


def test_set_back_while_it_runs_it_goes_on_from_its_floor() -> None:
    floor = start_floor(LATER_MS, 0)
    assert tell(Reading(5, 60 * SECOND_NS, False), floor) == (LATER_MS + 60_000, ClockQuality.FLOOR)


def test_a_bracket_that_is_too_wide_or_the_wrong_way_round_is_not_taken() -> None:
    assert bracket_of(LATER_MS, 0, SECOND_NS) is not None
    assert bracket_of(LATER_MS, 0, (USEFUL_BRACKET_MS + 10) * 1_000_000) is None
    assert bracket_of(LATER_MS, SECOND_NS, 0) is None


def test_a_server_whose_clock_was_set_is_followed() -> None:
    old = known(LATER_MS, 0)
    assert cut(old, known(LATER_MS + 60_000, 0)) == known(LATER_MS + 60_000, 0)
    assert cut(None, old) == old


@given(
    st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 3_000), st.integers(0, 3_000)), min_size=1, max_size=30),
    st.integers(-90, 90),
)
def test_the_truth_stays_inside(trips: list[tuple[int, int, int]], drift_ppm: int) -> None:
    """Waits and ways [ms] of one exchange after another, on a crystal that is off."""
    bracket: Bracket | None = None
    passed_ms = 0

    def mono_ns() -> int:
        return 1_000_000_000 + passed_ms * (1_000_000 + drift_ppm)

    for wait, up, down in trips:
        passed_ms += wait
        sent_ns = mono_ns()
        passed_ms += up
        server_ms = LATER_MS + passed_ms
        passed_ms += down
        new = bracket_of(server_ms, sent_ns, mono_ns())
        assert new is not None
        bracket = cut(bracket, new)
        truth_us = (LATER_MS + passed_ms) * 1000 - mono_ns() // 1000
        assert bracket.low_us - 1 <= truth_us <= bracket.high_us + 1
        assert bracket.high_us - bracket.low_us <= new.high_us - new.low_us


def test_a_bracket_that_is_cut_every_second_grows_old_all_the_same() -> None:
    said, cut_often = known(LATER_MS, 0), known(LATER_MS, 0)
    for second in range(1, 1001):
        cut_often = cut_often.at(second * SECOND_NS)
    later = said.at(1000 * SECOND_NS)
    assert later.high_us - later.low_us == said.high_us - said.low_us + 2 * 1000 * DRIFT_PPM
    assert cut_often == later


@given(st.integers(0, 2 * LATER_MS), st.none() | st.integers(0, 2 * LATER_MS), st.integers(0, 10**15), st.booleans())
def test_without_a_server_never_before_the_build_or_the_floor(
    system_ms: int, persisted_ms: int | None, ran_ns: int, synchronised: bool
) -> None:
    floor = start_floor(persisted_ms, 0)
    wall_ms, _ = tell(Reading(system_ms, ran_ns, synchronised), floor)
    assert wall_ms >= max(BUILD_MS, persisted_ms or 0)
