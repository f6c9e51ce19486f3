"""What one gateway saw goes on to the others that serve the same areas, and to nobody else."""

import pytest
from sqlalchemy import Engine

from card_protocol.policy.rules import FORGIVEN_AFTER_MS
from card_protocol.wire.passages import PASSAGES_MAX, Forgiven, Mustered, Passages, Passed
from card_protocol.words.event import Event, EventKind, note_event
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Direction
from card_protocol.words.reason import Reason
from server.services.access import areas, passages
from tests.server.build import ADMIN, NOW_MS, Community, make_community
from tests.server.inside import MINUTE_MS, Place

LI = "00000000000000A1"
LATER = NOW_MS + 10 * MINUTE_MS


@pytest.fixture
def place(sqlite_engine: Engine) -> Place:
    return Place(make_community(sqlite_engine))


def event(point: str, minute: int = 1, reason: Reason = Reason.GRANTED, holder: str | None = LI) -> Event:
    at = {"wall_ms": NOW_MS + minute * MINUTE_MS, "mono_ns": 1, "boot": "b1", "clock": ClockQuality.NTP}
    return Event(kind=EventKind.TAP, **at, point=point, holder=holder, reason=reason, policy_version=1)


def forgiving(point: str) -> Event:
    moment = Moment(wall_ms=NOW_MS, mono_ns=1, boot="b1", clock=ClockQuality.NTP)
    return note_event(EventKind.COMMAND_DONE, moment, point, number=1, action="forgive")


def told_on(place: Place, gateway: str, *events: Event, now_ms: int = LATER) -> list[Passages]:
    with place.community.transactions.read() as session:
        return passages.told_on(passages.ground(session), gateway, events, now_ms)


def missed(place: Place, gateway: str, now_ms: int = LATER) -> list[Passages]:
    with place.community.transactions.read() as session:
        return passages.missed(session, passages.ground(session), gateway, now_ms)


def entered(minute: int = 1, direction: Direction = Direction.IN) -> Passed:
    return Passed(area="yard", holder=LI, direction=direction, at_ms=NOW_MS + minute * MINUTE_MS)


def test_the_gateway_at_the_way_out_hears_who_went_in(place: Place) -> None:
    assert told_on(place, "g-1", event("yard-in")) == [Passages(gateway="g-2", passed=(entered(),))]
    out = Passages(gateway="g-1", passed=(entered(direction=Direction.OUT),))
    assert told_on(place, "g-2", event("yard-out")) == [out]


@pytest.mark.parametrize(
    "nothing",
    [
        event("yard-in", reason=Reason.PASSED_BACK),
        event("yard-in", holder=None),
        event("house-in"),
        event("moon"),
        event("yard-in", minute=10 - FORGIVEN_AFTER_MS // MINUTE_MS),
        event("yard-in").model_copy(update={"kind": EventKind.CARD_WRITTEN}),
    ],
    ids=["refused", "nobody", "area without a rule", "unknown point", "long ago", "no tap"],
)
def test_what_concerns_nobody_goes_to_nobody(place: Place, nothing: Event) -> None:
    assert told_on(place, "g-1", nothing) == []


def test_without_rules_nothing_is_told(place: Place) -> None:
    with place.community.transactions.work(ADMIN) as work:
        areas.remove_area(work, "yard")
    assert told_on(place, "g-1", event("yard-in")) == []
    assert missed(place, "g-2") == []


def test_a_clock_that_runs_ahead_makes_nobody_younger_than_now(place: Place) -> None:
    [told] = told_on(place, "g-1", event("yard-in", minute=99))
    assert told.passed[0].at_ms == LATER


def test_forgiveness_is_for_all_gateways_of_the_area(place: Place) -> None:
    expected = Passages(gateway="g-2", forgiven=(Forgiven(area="yard", at_ms=NOW_MS),))
    assert told_on(place, "g-1", forgiving("yard-in")) == [expected]
    assert told_on(place, "g-1", forgiving("house-in")) == []


def test_who_is_at_a_muster_point_is_out_of_everything_everywhere(place: Place) -> None:
    [told] = told_on(place, "g-1", event("lawn", reason=Reason.WRONG_POINT))
    assert told == Passages(gateway="g-2", mustered=(Mustered(holder=LI, at_ms=NOW_MS + MINUTE_MS),))


def test_many_go_in_several_messages(place: Place) -> None:
    people = [event("yard-in", holder=f"{number:016X}") for number in range(PASSAGES_MAX + 1)]
    assert [len(told.passed) for told in told_on(place, "g-1", *people)] == [PASSAGES_MAX, 1]


def test_who_comes_back_hears_what_the_others_saw_the_last_of_each(community: Community) -> None:
    place = Place(community)
    place.tap("Li", "yard-in", 1)
    place.tap("Li", "yard-out", 2)
    place.tap("Li", "yard-in", 3)
    place.tap("Wang", "yard-in", 4)
    place.tap("Wang", "lawn", 5, Reason.WRONG_POINT)
    place.tap("Zhao", "yard-in", 6, Reason.PASSED_BACK)
    [told] = missed(place, "g-2")
    at = {name: NOW_MS + minute * MINUTE_MS for name, minute in (("Li", 3), ("Wang", 4))}
    expected = [Passed(area="yard", holder=place.people[n], direction=Direction.IN, at_ms=at[n]) for n in at]
    assert list(told.passed) == expected
    assert told.mustered == (Mustered(holder=place.people["Wang"], at_ms=NOW_MS + 5 * MINUTE_MS),)
    [own] = missed(place, "g-1")
    assert [one.direction for one in own.passed] == [Direction.OUT]
    assert missed(place, "g-2", LATER + FORGIVEN_AFTER_MS) == []
