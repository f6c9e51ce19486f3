"""Home visits of a day, from the journal."""

from datetime import date

import pytest
from sqlalchemy import Engine

from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import ClockQuality, local_ms
from card_protocol.words.reason import Reason
from server.services.care import care_watch, home_visits
from server.services.care.care_watch import WatchIn
from server.services.work import SYSTEM
from server.tables import CardRow, EventRow
from tests.server.build import ADMIN, Community, make_community
from tests.server.services.care.test_care_keeper import COLUMNS
from tests.server.services.care.test_care_watch import home

DAY = date(2026, 3, 1)


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


def tap(community: Community, card_id: str, minute: int, seq: int, reason: Reason = Reason.GRANTED) -> None:
    event = Event(
        kind=EventKind.TAP, wall_ms=local_ms(DAY, minute), mono_ns=seq, boot="b1", clock=ClockQuality.NTP,
        point="home-1", card_id=card_id, reason=reason, policy_version=1,
    )  # fmt: skip
    row = EventRow(
        gateway_id="g-1", epoch="00000000000000e1", seq=seq, body=event.to_bytes(), hash=bytes(32),
        received_ms=event.wall_ms, **event.model_dump(mode="json", include=COLUMNS),
    )  # fmt: skip
    with community.transactions.work(SYSTEM) as work:
        work.session.add(row)


def test_two_taps_at_a_home_are_a_visit_with_its_minutes(community: Community) -> None:
    home(community)
    worker, resident = community.active_card(), community.holder("李桂兰", house="2-1-301")
    with community.transactions.work(ADMIN) as work:
        care_watch.put(work, resident.id, WatchIn(home_point="home-1"))
    for seq, (minute, reason) in enumerate(
        ((600, Reason.GRANTED), (605, Reason.OUTSIDE_SCHEDULE), (619, Reason.GRANTED)), 1
    ):
        tap(community, worker.id, minute, seq, reason)
    tap(community, worker.id, 23 * 60, 9)
    with community.transactions.read() as session:
        first, last = home_visits.of_day(session, DAY)
        assert home_visits.of_day(session, date(2026, 3, 2)) == []
    assert (first.worker_name, first.resident_name, first.house, first.minutes) == ("王秀英", "李桂兰", "2-1-301", 19)
    assert (last.went_ms, last.minutes) == (None, None)


def test_a_visit_over_midnight_is_one_visit_of_the_day_on_which_it_began(community: Community) -> None:
    home(community)
    worker = community.active_card()
    for seq, minute in enumerate((23 * 60 + 50, 24 * 60 + 20, 33 * 60, 33 * 60 + 30), 1):
        tap(community, worker.id, minute, seq)
    with community.transactions.read() as session:
        assert [one.minutes for one in home_visits.of_day(session, DAY)] == [30]
        assert [one.minutes for one in home_visits.of_day(session, date(2026, 3, 2))] == [30]


def test_who_comes_home_to_their_own_door_visits_nobody(community: Community) -> None:
    home(community)
    card = community.active_card()
    with community.transactions.work(ADMIN) as work:
        resident = work.session.get_one(CardRow, card.id).holder_id
        care_watch.put(work, str(resident), WatchIn(home_point="home-1"))
    for seq, minute in enumerate((600, 700), 1):
        tap(community, card.id, minute, seq)
    with community.transactions.read() as session:
        assert home_visits.of_day(session, DAY) == []
