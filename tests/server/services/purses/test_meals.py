"""A station's day."""

from datetime import date

from server.services.purses import meals, purses
from server.services.purses.purse_books import Fate, ItemKind
from server.services.work import SYSTEM
from tests.server.build import Community
from tests.server.services.purses.test_purses import STATION, begun, hear, made, station

SUNDAY = date(2026, 3, 1)


def test_the_day_of_a_station_with_what_stands_open(community: Community) -> None:
    """On both data bases."""
    station(community)
    wang, li = community.active_card(), community.active_card("04FFFFFFFFFFFF")
    hear(community, made(wang.id, 1, 0, 9200), made(wang.id, 2, 2, 7600), begun(li.id, 3, 0))
    with community.transactions.read() as session:
        day = meals.day_of(session, SUNDAY)
        assert meals.day_of(session, SUNDAY, "clinic").meals == []
        assert meals.day_of(session, date(2026, 3, 2)).meals == []
    (one,) = day.stations
    assert (one.point, one.meals, one.taken, one.open, one.silent) == (STATION, 2, 1600, 1, True)
    assert (day.count, day.taken) == (2, 1600)
    assert sorted(meal.fate for meal in day.meals) == [Fate.DONE, Fate.DONE, Fate.OPEN]
    named = {(item.kind, item.card_number, item.amount) for item in day.items}
    assert (ItemKind.MISSING, wang.number, -800) in named
    assert (ItemKind.TORN, li.number, -800) in named


def test_a_station_that_nobody_used_is_there_all_the_same(community: Community) -> None:
    station(community)
    with community.transactions.work(SYSTEM) as work:
        purses.hear(work, community.house.keystore, "g-1", begun("01ARZ3NDEKTSV4RRFFQ69G5FAV", 1, 0))
    with community.transactions.read() as session:
        day = meals.day_of(session, SUNDAY)
    assert ([one.meals for one in day.stations], day.items) == ([0], [])
