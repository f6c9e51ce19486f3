"""A link that hangs is noticed; one that is merely down, or a server that is slow, is not blamed."""

from gateway.core.stall import RENEW_AFTER_NS, StallWatch

MINUTE_NS = 60_000_000_000


def renewals(watch: StallWatch, minutes: range, *, online: bool = True, acked: int = 5, waiting: int = 3) -> list[int]:
    return [
        minute
        for minute in minutes
        if watch.step(online=online, acked_seq=acked, waiting=waiting, mono_ns=minute * MINUTE_NS)
    ]


def test_without_progress_the_link_is_renewed_now_and_then() -> None:
    every = RENEW_AFTER_NS // MINUTE_NS
    assert renewals(StallWatch(0), range(1, 3 * every + 2)) == [every + 1, 2 * every + 1, 3 * every + 1]


def test_progress_is_progress() -> None:
    watch = StallWatch(0)
    for minute in range(1, 60):
        assert not watch.step(online=True, acked_seq=minute, waiting=3, mono_ns=minute * MINUTE_NS)
        assert watch.stuck_ms(minute * MINUTE_NS) == 0


def test_nothing_to_do_is_no_stall() -> None:
    assert renewals(StallWatch(0), range(1, 60), waiting=0) == []


def test_a_link_that_is_down_is_not_renewed_but_the_wait_counts_on() -> None:
    watch = StallWatch(0)
    assert renewals(watch, range(1, 60), online=False) == []
    assert watch.stuck_ms(60 * MINUTE_NS) == 59 * 60_000
    assert renewals(watch, range(60, 64)) == [], "up again it gets its time"
