"""Meals at two stations that never hear of each other, under every order of taps, tears, hours and slow disks."""

import tempfile
from itertools import pairwise
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from card_protocol.profiles.card_records import PurseEntry
from card_protocol.words.event import EventKind
from card_protocol.words.point import PointKind
from card_protocol.words.service import Service
from edge.core.service import SAME_MEAL_MIN
from edge.drivers.payment_store import PaymentFiles
from tests.edge.served import PRICE, Station, purse_of, station, whole_card
from tests.edge.words import CARD_ID

MONEY = 20_000
LIMIT = PRICE
SHELVES = ("north", "south")


class Meals(RuleBasedStateMachine):
    """What was taken from the card is what the two journals can prove, give or take what still lies open."""

    @initialize()
    def open_the_kitchens(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="onecard-meals-")
        self.card = whole_card(MONEY)
        places = [station(PointKind.CARE, id=name, price_fen=PRICE, day_limit_fen=LIMIT) for name in SHELVES]
        self.stations = [Station(Path(self.folder.name) / point.id, point) for point in places]
        self.now_ms = self.stations[0].wall_ms

    @rule(which=st.sampled_from([0, 1]), cut=st.none() | st.integers(0, 16), answered=st.booleans())
    def somebody_taps(self, which: int, cut: int | None, answered: bool) -> None:
        here = self.stations[which]
        here.wall_ms = self.now_ms
        before = purse_of(self.card)
        answer = here.tap(self.card, cut, answered=answered).answer
        taken = before - purse_of(self.card)
        assert taken in (0, PRICE)
        if answer is not None and answer.service is Service.PAID:
            assert (taken, answer.left) == (PRICE, purse_of(self.card))
        if answer is not None and answer.service not in (Service.PAID, Service.TAP_AGAIN):
            assert taken == 0, "nothing is taken from somebody who is told anything else"

    @rule(minutes=st.sampled_from([1, 3, 61, 300, 1440]))
    def time_passes(self, minutes: int) -> None:
        self.now_ms += minutes * 60_000

    @rule(which=st.sampled_from([0, 1]), broken=st.booleans())
    def a_disk_is_slow_or_quick(self, which: int, broken: bool) -> None:
        self.stations[which].journal.broken = broken

    @invariant()
    def what_was_taken_can_be_proven(self) -> None:
        taken = (MONEY - purse_of(self.card)) // PRICE
        proven = sum(map(_proven, self.stations))
        open_ = sum(_is_open(one) for one in self.stations)
        assert proven <= taken <= proven + open_

    @invariant()
    def nobody_pays_twice_for_a_meal_or_more_than_a_day_allows(self) -> None:
        log = self.card.state.applications[0x0C4A06].files[2]
        entries = [PurseEntry.decode(bytes(raw)) for raw in log.records]  # type: ignore[union-attr]
        debits = [entry for entry in entries if entry.amount < 0]
        for one in {entry.point for entry in debits}:
            minutes = [entry.wall_minutes for entry in debits if entry.point == one]
            assert all(later - earlier > SAME_MEAL_MIN for earlier, later in pairwise(minutes))
        days = [(entry.wall_minutes + 480) // 1440 for entry in debits]
        assert all(days.count(day) * PRICE <= LIMIT for day in set(days))

    def teardown(self) -> None:
        if not hasattr(self, "stations"):
            return
        for here in self.stations:
            here.journal.broken = False
            self.now_ms += 1440 * 60_000
            here.wall_ms = self.now_ms
            here.tap(self.card)
        assert sum(map(_proven, self.stations)) * PRICE == MONEY - purse_of(self.card), "reconciled to the last fen"
        self.folder.cleanup()


def _proven(here: Station) -> int:
    settled = [event for event in here.journal.events if event.kind is EventKind.PAYMENT_SETTLED]
    return here.journal.kinds().count(EventKind.PAYMENT_MADE) + sum(
        event.detail["outcome"] == "carried_out" for event in settled
    )


def _is_open(here: Station) -> bool:
    return PaymentFiles(here.payments).open_of(CARD_ID) is not None


TestMeals = Meals.TestCase
TestMeals.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
