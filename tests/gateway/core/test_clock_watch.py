"""A clock that jumps is told."""

import pytest

from card_protocol.words.event import EventKind
from card_protocol.words.moment import ClockQuality
from gateway.core.clock_watch import ClockWatch
from tests.gateway.world import HandClock


def test_a_clock_that_just_runs_is_not_told() -> None:
    clock = HandClock()
    watch = ClockWatch(clock.now())
    for _ in range(100):
        clock.advance_ms(1000)
        clock.wall_ms += 1
        assert watch.step(clock.now()) is None, "a second and a millisecond in a second is drift, not a step"


@pytest.mark.parametrize("step_ms", [5000, -5000, 86_400_000, -1_700_000_000_000])
def test_a_step_is_told_with_its_size(step_ms: int) -> None:
    clock = HandClock()
    watch = ClockWatch(clock.now())
    clock.advance_ms(1000)
    clock.wall_ms += step_ms
    event = watch.step(clock.now())
    assert event is not None
    assert (event.kind, event.detail["by_ms"]) == (EventKind.CLOCK_STEPPED, step_ms)
    clock.advance_ms(60_000)
    assert watch.step(clock.now()) is None


def test_another_source_is_told() -> None:
    clock = HandClock()
    clock.quality = ClockQuality.FLOOR
    watch = ClockWatch(clock.now())
    clock.advance_ms(1000)
    clock.quality = ClockQuality.SERVER
    event = watch.step(clock.now())
    assert event is not None
    assert (event.detail["before"], event.detail["source"]) == ("floor", "server")


def test_a_clock_that_jumps_about_is_told_once_a_minute_with_the_whole_way() -> None:
    clock = HandClock()
    watch = ClockWatch(clock.now())
    told = []
    for _ in range(120):
        clock.advance_ms(1000)
        clock.wall_ms += 3000
        if (event := watch.step(clock.now())) is not None:
            told.append(event.detail["by_ms"])
    assert told == [3000, 60 * 3000]


def test_it_does_not_look_at_every_round() -> None:
    clock = HandClock()
    watch = ClockWatch(clock.now())
    clock.wall_ms += 10_000
    clock.advance_ms(500)
    assert watch.step(clock.now()) is None
    clock.advance_ms(500)
    assert watch.step(clock.now()) is not None
