"""What the points have to do about the orders."""

import pytest

from card_protocol.wire.command import Action
from card_protocol.words.event import EventKind
from card_protocol.words.moment import ClockQuality, Moment
from edge.core.orders import Site, news, obstacle, report
from gateway.core.command_intake import take
from gateway.ports.orders import NO_ORDERS
from tests.gateway.orders import command
from tests.gateway.world import NOON_MS

NOW = Moment(wall_ms=NOON_MS, mono_ns=1, boot="boot-1", clock=ClockQuality.NTP)
LATE = NOW.model_copy(update={"wall_ms": NOON_MS + 60_000})
UNSURE = NOW.model_copy(update={"clock": ClockQuality.FLOOR})
SITE = Site(frozenset({"gate"}), frozenset({"gate", "clinic"}))


def test_each_is_seen_once_in_order() -> None:
    orders = NO_ORDERS
    for number in (3, 5, 9):
        orders = take(orders, command(number), NOW).orders
    assert [one.number for one in news(orders, 3)] == [5, 9]
    assert news(orders, 9) == ()


@pytest.mark.parametrize(
    ("action", "point", "moment", "why"),
    [
        (Action.OPEN_ONCE, "gate", NOW, ""),
        (Action.OPEN_ONCE, "gate", LATE, "expired"),
        (Action.OPEN_ONCE, "gate", UNSURE, "clock_unsure"),
        (Action.OPEN_ONCE, "clinic", NOW, "no_lock"),
        (Action.OPEN_ONCE, "elsewhere", NOW, "no_such_point"),
        (Action.HOLD_OPEN, "gate", LATE, ""),
        (Action.HOLD_OPEN, "clinic", NOW, "no_lock"),
        (Action.RELEASE, "gate", LATE, ""),
        (Action.RESTART_READER, "clinic", UNSURE, ""),
        (Action.RESTART_READER, "clinic", LATE, "expired"),
    ],
)
def test_what_is_in_the_way(action: Action, point: str, moment: Moment, why: str) -> None:
    assert obstacle(command(1, action, point=point), SITE, moment) == why


def test_a_lockdown_is_never_too_late() -> None:
    assert obstacle(command(1, Action.LOCK_DOWN), SITE, LATE) == ""


def test_a_report_names_the_command() -> None:
    done = report(command(7, Action.LOCK_DOWN, level=2), NOW)
    assert (done.kind, done.point) == (EventKind.COMMAND_DONE, None)
    assert done.detail == {"number": 7, "action": "lock_down", "area": "yard", "level": 2}
    failed = report(command(8), NOW, "no_lock")
    assert (failed.kind, failed.point, failed.detail["why"]) == (EventKind.COMMAND_FAILED, "gate", "no_lock")
