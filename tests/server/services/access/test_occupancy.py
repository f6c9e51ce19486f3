"""Who is inside, from taps that several gateways tell, early, late or not at all."""

import pytest

from card_protocol.policy.rules import FORGIVEN_AFTER_MS
from card_protocol.words.point import Direction
from card_protocol.words.reason import Reason
from server.services import sight
from server.services.access import occupancy
from server.services.access.occupancy import AreaView, Certainty, Muster
from server.services.roles import Role
from server.services.sight import EVERYTHING
from server.services.work import Actor
from tests.server.build import NOW_MS, Community
from tests.server.inside import MINUTE_MS, Place

LATER = NOW_MS + 60 * MINUTE_MS


@pytest.fixture
def place(community: Community) -> Place:
    return Place(community)


def figures(place: Place, at_ms: int = LATER) -> dict[str, AreaView]:
    with place.community.transactions.read() as session:
        return {view.area: view for view in occupancy.occupancy(session, at_ms)}


def muster(place: Place, at_ms: int = LATER, area: str | None = None) -> Muster:
    with place.community.transactions.read() as session:
        return occupancy.muster(session, at_ms, EVERYTHING, area)


def test_people_are_counted_in_the_areas_that_they_went_into(place: Place) -> None:
    place.tap("Li", "yard-in", 1)
    place.tap("Li", "house-in", 2)
    place.tap("Wang", "yard-in", 3)
    place.tap("Zhao", "yard-in", 4, Reason.OUTSIDE_SCHEDULE)
    found = figures(place)
    assert {name: view.inside for name, view in found.items()} == {"yard": 2, "house": 1, "compound": 0}
    assert (found["yard"].name_en, found["yard"].capacity, found["yard"].certainty) == ("Yard", 2, Certainty.EXACT)
    assert (found["house"].name_en, found["house"].capacity) == ("house", None)


def test_what_a_gateway_tells_late_belongs_to_when_it_was(place: Place) -> None:
    place.tap("Li", "yard-out", 5)
    place.tap("Li", "yard-in", 1)
    assert figures(place)["yard"].inside == 0


def test_who_leaves_the_yard_is_in_the_house_no_more(place: Place) -> None:
    place.tap("Li", "yard-in", 1)
    place.tap("Li", "house-in", 2)
    place.tap("Li", "yard-out", 3)
    assert figures(place)["house"].inside == 0
    assert muster(place).inside == []


def test_an_old_entry_is_forgiven(place: Place) -> None:
    place.tap("Li", "yard-in", 1)
    forgiven_ms = NOW_MS + MINUTE_MS + FORGIVEN_AFTER_MS
    place.say("g-1")
    assert figures(place, forgiven_ms - 1)["yard"].inside == 1
    assert figures(place, forgiven_ms)["yard"].inside == 0
    assert muster(place, forgiven_ms).inside == []


@pytest.mark.parametrize(
    ("silent", "certainty"),
    [
        ({"g-1"}, Certainty.AT_LEAST),
        ({"g-2"}, Certainty.AT_MOST),
        ({"g-1", "g-2"}, Certainty.ABOUT),
        (set(), Certainty.EXACT),
    ],
)
def test_a_silent_gateway_makes_the_figure_say_which_way_it_may_be_wrong(
    place: Place, silent: set[str], certainty: Certainty
) -> None:
    """g-1 has the way in, g-2 the way out."""
    place.tap("Li", "yard-in", 1)
    place.community.now[0] += 7
    for name in silent:
        place.say(name, online=False)
    yard = figures(place)["yard"]
    assert (yard.inside, yard.certainty) == (1, certainty)
    assert {box.gateway for box in yard.silent} == silent
    assert all(box.since_ms is not None and NOW_MS <= box.since_ms <= NOW_MS + 7 for box in yard.silent)


def test_a_gateway_that_still_tells_the_past_is_not_certain_either(place: Place) -> None:
    place.say("g-1", head_seq=occupancy.BACKLOG_EVENTS + 1)
    assert figures(place)["yard"].certainty is Certainty.AT_LEAST
    place.say("g-1", head_seq=occupancy.BACKLOG_EVENTS)


def test_a_muster_point_ticks_people_off_whatever_their_card_may_open(place: Place) -> None:
    place.tap("Li", "yard-in", 1)
    place.tap("Li", "house-in", 2)
    place.tap("Wang", "yard-in", 3)
    place.tap("Li", "lawn", 9, Reason.WRONG_POINT)
    found = muster(place)
    assert [(one.name, one.areas, one.point) for one in found.inside] == [("Wang", ["yard"], "yard-in")]
    assert [(one.name, one.areas, one.safe_point) for one in found.safe] == [("Li", ["house", "yard"], "lawn")]
    assert found.safe[0].safe_ms == NOW_MS + 9 * MINUTE_MS
    place.tap("Li", "yard-in", 20)
    assert [one.name for one in muster(place).inside] == ["Li", "Wang"]
    assert muster(place).safe == []


def test_the_list_of_one_area(place: Place) -> None:
    place.tap("Li", "yard-in", 1)
    place.tap("Li", "house-in", 2)
    place.tap("Wang", "yard-in", 3)
    assert [one.name for one in muster(place, area="house").inside] == ["Li"]
    assert muster(place, area="nowhere").inside == []


def test_nobody_sees_areas_whose_points_they_do_not_see(place: Place) -> None:
    place.tap("Li", "yard-in", 1)
    with place.community.transactions.read() as session:
        for role, seen in ((Role.GUARD, True), (Role.ADMIN, True), (Role.NURSE, False), (Role.AUDITOR, False)):
            found = occupancy.muster(session, LATER, sight.of(Actor("x", role.value)))
            assert bool(found.inside) is seen, role


def test_the_decider_is_told_the_same_figures(place: Place) -> None:
    place.tap("Li", "yard-in", 1)
    place.tap("Wang", "yard-in", 3)
    with place.community.transactions.read() as session:
        known = occupancy.situation(session, "yard-in", place.people["Li"], LATER)
        assert known.last is not None
        assert (known.inside, known.last.direction, known.last.ago_ms) == (2, Direction.IN, 59 * MINUTE_MS)
        assert occupancy.situation(session, "house-in", place.people["Li"], LATER).last is None, "no rule, no question"
