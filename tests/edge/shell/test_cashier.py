"""Meals: paid once, whatever happens in between."""

from pathlib import Path

import pytest

from card_protocol.words.event import EventKind
from card_protocol.words.point import PointKind
from card_protocol.words.service import Answer, Service
from tests.edge.served import PRICE, Station, purse_of, station, whole_card

COMMANDS = 18
"""Of one meal, the check-in behind it left out: more than there are, so that the last cut cuts nothing."""


def canteen(folder: Path, **changes: object) -> Station:
    return Station(folder, station(PointKind.CARE, price_fen=PRICE, **changes))


def test_a_meal(tmp_path: Path) -> None:
    card, here = whole_card(2000), canteen(tmp_path)
    assert here.tap(card).answer == Answer(Service.PAID, PRICE, 1200)
    begun, made, served = here.journal.events
    assert (begun.kind, made.kind, served.kind) == (
        EventKind.PAYMENT_BEGUN,
        EventKind.PAYMENT_MADE,
        EventKind.SERVED,
    )
    minute = made.wall_ms // 60_000
    assert begun.detail == {"amount": PRICE, "point_seq": 101, "tap_seq": 101, "minute": minute, "counter": 1}
    assert (made.detail["counter"], made.detail["value"], len(str(made.detail["mac"]))) == (2, 1200, 16)
    assert purse_of(card) == 1200


def test_the_same_meal_again_and_the_next_one(tmp_path: Path) -> None:
    card, here = whole_card(2000), canteen(tmp_path)
    here.tap(card)
    assert here.tap(card).answer == Answer(Service.PAID_ALREADY, left=1200)
    here.wall_ms += 5 * 3_600_000
    assert here.tap(card).answer == Answer(Service.PAID, PRICE, 400)
    here.wall_ms += 1 * 3_600_000
    assert here.tap(card).answer == Answer(Service.PURSE_EMPTY, left=400)
    assert purse_of(card) == 400


def test_the_limit_holds_at_two_stations_that_never_heard_of_each_other(tmp_path: Path) -> None:
    card = whole_card(5000)
    north, south = (canteen(tmp_path / name, day_limit_fen=1600) for name in ("north", "south"))
    north.tap(card)
    south.point = north.point
    south.wall_ms = north.wall_ms + 600_000
    assert south.tap(card).answer == Answer(Service.PAID, PRICE, 3400)
    north.wall_ms = south.wall_ms + 600_000
    assert north.tap(card).answer == Answer(Service.DAY_LIMIT, left=3400)


@pytest.mark.parametrize("answered", [True, False], ids=["after the command", "before the command"])
@pytest.mark.parametrize("cut", range(COMMANDS))
def test_a_card_pulled_away_anywhere_pays_once(tmp_path: Path, cut: int, answered: bool) -> None:
    """Cut at any frame, tap again as told: one meal was taken, and the journal tells of one."""
    card, here = whole_card(2000), canteen(tmp_path)
    here.tap(card, cut, answered=answered)
    here.wall_ms += 10 * 60_000
    again = here.tap(card).answer
    assert again is not None
    if purse_of(card) == 2000 - 2 * PRICE:
        assert EventKind.PAYMENT_MADE in here.journal.kinds()[:2], "the first was complete, and this is another meal"
        return
    assert purse_of(card) == 2000 - PRICE
    assert again.service in (Service.PAID, Service.PAID_ALREADY)
    outcomes = [e.detail["outcome"] for e in here.journal.events if e.kind is EventKind.PAYMENT_SETTLED]
    made = here.journal.kinds().count(EventKind.PAYMENT_MADE)
    assert made + outcomes.count("carried_out") == 1


def test_a_journal_that_is_too_slow_takes_nothing(tmp_path: Path) -> None:
    card, here = whole_card(2000), canteen(tmp_path)
    here.journal.broken = True
    assert here.tap(card).answer == Answer(Service.UNAVAILABLE)
    assert purse_of(card) == 2000
    here.journal.broken = False
    assert here.tap(card).answer == Answer(Service.PAID, PRICE, 1200)


def test_a_tap_that_is_not_on_the_disk_takes_nothing(tmp_path: Path) -> None:
    card, here = whole_card(2000), canteen(tmp_path)
    here.seq = -1
    assert here.tap(card).answer == Answer(Service.UNAVAILABLE)
    assert purse_of(card) == 2000


def test_a_meal_that_was_torn_yesterday_is_settled_and_todays_is_paid(tmp_path: Path) -> None:
    card, here = whole_card(2000), canteen(tmp_path)
    torn_at = next(cut for cut in range(COMMANDS) if _tears(tmp_path / str(cut), cut))
    assert here.tap(card, torn_at).answer == Answer(Service.TAP_AGAIN)
    here.wall_ms += 86_400_000
    assert here.tap(card).answer == Answer(Service.PAID, PRICE, 400)
    assert here.journal.kinds().count(EventKind.PAYMENT_SETTLED) == 1


def _tears(folder: Path, cut: int) -> bool:
    """Whether a cut there carries the payment out without telling."""
    card, here = whole_card(2000), canteen(folder)
    here.tap(card, cut)
    return purse_of(card) < 2000 and EventKind.PAYMENT_TORN in here.journal.kinds()
