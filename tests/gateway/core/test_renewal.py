"""When a box renews and asks whom to trust."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from card_protocol.crypto.certificates import Certificate
from card_protocol.wire.identity import ALARM_LEFT_MS
from card_protocol.words.moment import DAY_MS
from gateway.core.renewal import RETRY_FIRST_MS, RETRY_LONGEST_MS, TRUST_EVERY_MS, Renewal, Task, begin, is_old

OURS = Certificate("g-1", "1", b"", b"", 0, 90 * DAY_MS)


def test_a_third_of_its_life() -> None:
    fresh = Renewal(ask_at_ms=10**9)
    assert fresh.task(OURS, 30 * DAY_MS - 1, 0) is Task.NOTHING
    assert fresh.task(OURS, 30 * DAY_MS, 0) is Task.RENEW
    assert fresh.task(OURS, 90 * DAY_MS - 1, 0) is Task.RENEW
    assert fresh.task(OURS, 90 * DAY_MS, 0) is Task.RENEW_LATE


def test_it_asks_whom_to_trust_now_and_then_and_renews_when_it_is_called() -> None:
    waiting = Renewal(ask_at_ms=100)
    assert waiting.task(OURS, 0, 99) is Task.NOTHING
    assert waiting.task(OURS, 0, 100) is Task.ASK_WHOM_TO_TRUST
    quiet = waiting.done(Task.ASK_WHOM_TO_TRUST, 100)
    assert quiet.task(OURS, 0, 100 + TRUST_EVERY_MS - 1) is Task.NOTHING
    called = waiting.done(Task.ASK_WHOM_TO_TRUST, 100, called=True)
    assert called.task(OURS, 0, 100) is Task.RENEW
    assert called.done(Task.RENEW, 100).task(OURS, 0, 100) is Task.NOTHING


@given(st.integers(0, 40), st.floats(0, 1))
def test_what_fails_is_tried_later_and_later_but_not_never(failures: int, dice: float) -> None:
    renewal = Renewal(ask_at_ms=0, failures=failures).failed(1000, dice)
    assert RETRY_FIRST_MS / 2 <= renewal.try_at_ms - 1000 <= RETRY_LONGEST_MS
    assert renewal.task(OURS, 90 * DAY_MS, renewal.try_at_ms - 1) is Task.NOTHING
    assert renewal.task(OURS, 90 * DAY_MS, renewal.try_at_ms) is Task.RENEW_LATE
    assert renewal.done(Task.RENEW_LATE, 0).failures == 0


@given(st.integers(0, 100))
def test_while_it_fails_some_attempts_are_made_as_if_it_had_run_out(failures: int) -> None:
    renewal = Renewal(ask_at_ms=0, failures=failures)
    assert renewal.task(OURS, 0, 0) is (Task.RENEW_LATE if failures % 3 == 2 else Task.ASK_WHOM_TO_TRUST)


def test_a_clock_that_is_far_ahead_does_not_ask_for_one_certificate_after_the_other() -> None:
    ahead_ms, renewed = 10**9 * DAY_MS, Renewal(ask_at_ms=0).done(Task.RENEW_LATE, 100)
    assert renewed.task(OURS, ahead_ms, 100) is Task.ASK_WHOM_TO_TRUST
    asked = renewed.done(Task.ASK_WHOM_TO_TRUST, 100, called=True)
    assert asked.task(OURS, ahead_ms, 99 + RETRY_LONGEST_MS) is Task.NOTHING
    assert asked.task(OURS, ahead_ms, 100 + RETRY_LONGEST_MS) is Task.RENEW_LATE


def test_many_that_start_together_do_not_ask_together() -> None:
    asked = {begin(0, Random(seed)).ask_at_ms for seed in range(100)}
    assert len(asked) > 90
    assert max(asked) <= 60_000


def test_when_somebody_should_look() -> None:
    assert not is_old(ALARM_LEFT_MS, 0)
    assert is_old(ALARM_LEFT_MS, 1)
