"""A command is taken once, in order and in time, whatever the wire does to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.wire.command import OPENS, Action, Command, Outcome
from card_protocol.wire.state import IN_FORCE_MAX
from card_protocol.words.moment import ClockQuality, Moment
from gateway.core.command_intake import UNSURE, take
from gateway.ports.orders import ANSWERS_KEPT, NO_ORDERS, WAITING_MAX, Orders
from tests.gateway.orders import command
from tests.gateway.world import NOON_MS
from tests.support.wire_strategies import commands

NOW = Moment(wall_ms=NOON_MS, mono_ns=1, boot="boot-1", clock=ClockQuality.NTP)


def after(*given_commands: Command, orders: Orders = NO_ORDERS) -> Orders:
    for one in given_commands:
        orders = take(orders, one, NOW).orders
    return orders


def test_a_command_is_taken_once_and_answered_the_same_again() -> None:
    first = take(NO_ORDERS, command(5), NOW)
    assert (first.outcome, first.fresh, first.orders.newest) == (Outcome.TAKEN, True, 5)
    assert first.orders.waiting == (command(5),)
    again = take(first.orders, command(5), NOW)
    assert again == (first.orders, Outcome.TAKEN, False)


def test_an_older_number_comes_too_late() -> None:
    orders = after(command(5))
    assert take(orders, command(4), NOW) == (orders, Outcome.OVERTAKEN, False)


def test_what_was_refused_stays_refused_when_it_is_played_again() -> None:
    early = NOW.model_copy(update={"wall_ms": NOON_MS + 20_000})
    refused = take(NO_ORDERS, command(5), early)
    assert refused.outcome is Outcome.EXPIRED
    assert refused.orders.waiting == ()
    assert take(refused.orders, command(5), NOW) == (refused.orders, Outcome.EXPIRED, False)


@pytest.mark.parametrize("clock", sorted(UNSURE))
@pytest.mark.parametrize("action", Action)
def test_nothing_is_opened_by_a_clock_that_cannot_tell(action: Action, clock: ClockQuality) -> None:
    unsure = NOW.model_copy(update={"clock": clock})
    refused = take(NO_ORDERS, command(1, action), unsure).outcome is Outcome.CLOCK_UNSURE
    assert refused is (action in OPENS)


def test_holds_and_lockdowns_last_until_they_are_released() -> None:
    orders = after(command(1, Action.HOLD_OPEN), command(2, Action.LOCK_DOWN), command(3, Action.LOCK_DOWN, level=3))
    assert (orders.held, orders.lockdown_of("yard"), orders.lockdown_of("hall")) == (frozenset({"gate"}), 3, 0)
    assert [(one.area, one.level) for one in orders.locked_down] == [("yard", 3)]
    orders = after(command(4, Action.RELEASE), orders=orders)
    assert (orders.is_held("gate"), orders.lockdown_of("yard")) == (False, 3)
    orders = after(command(5, Action.RELEASE, area="yard"), orders=orders)
    assert orders.lockdowns == ()


def test_a_box_that_lost_its_memory_takes_nothing_from_before() -> None:
    fresh = Orders(not_before_ms=NOON_MS)
    assert take(fresh, command(9), NOW).outcome is Outcome.EXPIRED
    assert take(fresh, command(9, issued_ms=NOON_MS), NOW).outcome is Outcome.TAKEN


def test_a_log_is_read_and_not_handed_to_the_points() -> None:
    taken = take(NO_ORDERS, command(1, Action.READ_LOG), NOW)
    assert (taken.outcome, taken.orders.waiting) == (Outcome.DONE, ())


def test_one_hold_too_many_is_said() -> None:
    orders = after(*(command(n, Action.HOLD_OPEN, point=f"p-{n}") for n in range(1, IN_FORCE_MAX + 1)))
    assert take(orders, command(999, Action.HOLD_OPEN), NOW).outcome is Outcome.TOO_MANY
    assert take(orders, command(999, Action.HOLD_OPEN, point="p-1"), NOW).outcome is Outcome.TAKEN
    assert take(orders, command(999, Action.LOCK_DOWN), NOW).outcome is Outcome.TAKEN


@given(st.lists(commands(numbers=st.integers(1, 100), points=st.sampled_from("ab"), areas=st.sampled_from("xy"))))
def test_no_number_is_ever_taken_twice_and_everything_is_bounded(given_commands: list[Command]) -> None:
    orders, taken = NO_ORDERS, []
    for one in given_commands:
        before = orders
        orders, outcome, fresh = take(orders, one, NOW)
        assert fresh or orders == before
        assert orders.newest >= before.newest
        if fresh and outcome in (Outcome.TAKEN, Outcome.DONE):
            taken.append(one.number)
    assert taken == sorted(set(taken))
    assert len(orders.waiting) <= WAITING_MAX
    assert len(orders.answers) <= ANSWERS_KEPT
    assert Orders.from_bytes(orders.to_bytes()) == orders
