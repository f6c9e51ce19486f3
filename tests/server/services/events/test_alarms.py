"""Alarms stand until somebody acknowledges them."""

import pytest

from server.services.events import alarms
from server.services.events.alarms import AlarmKind, AlarmView
from server.services.gateways import gateways
from server.services.problems import Code, Problem
from server.services.sight import EVERYTHING
from server.services.work import SYSTEM
from tests.server.build import ADMIN, Community


def sound(community: Community, kind: AlarmKind = AlarmKind.FORK) -> AlarmView:
    community.now[0] += 1
    with community.transactions.work(SYSTEM) as work:
        return alarms.sound(work, kind, gateway_id="g-1", detail={"seq": 7})


def test_an_alarm_is_told_and_stands(community: Community) -> None:
    view = sound(community)
    assert community.heard[-1] == ("alarm", view.model_dump(mode="json"))
    with community.transactions.read() as session:
        assert alarms.listing(session, sight=EVERYTHING).items == [view]
    assert view.detail == {"seq": 7}


def test_acknowledging_says_who_and_when_and_happens_once(community: Community) -> None:
    view = sound(community)
    with community.transactions.work(ADMIN) as work:
        done = alarms.acknowledge(work, view.id, note="box replaced")
    assert (done.acknowledged_by, done.acknowledged_ms, done.note) == ("user:test", community.now[0], "box replaced")
    with community.transactions.work(ADMIN) as work:
        assert alarms.listing(work.session, sight=EVERYTHING).items == []
        assert alarms.listing(work.session, sight=EVERYTHING, standing=False).items == [done]
        with pytest.raises(Problem) as told:
            alarms.acknowledge(work, view.id)
        assert told.value.code is Code.WRONG_STATE
        with pytest.raises(Problem) as told:
            alarms.acknowledge(work, "01HZZZZZZZZZZZZZZZZZZZZZZZ")
        assert told.value.code is Code.NOT_FOUND


def test_a_flood_is_one_alarm_until_it_is_acknowledged(community: Community) -> None:
    def once() -> AlarmView | None:
        with community.transactions.work(SYSTEM) as work:
            return alarms.sound_once(work, AlarmKind.FORGED, gateway_id="g-1", detail={})

    first = once()
    assert first is not None
    assert once() is None
    with community.transactions.work(ADMIN) as work:
        alarms.acknowledge(work, first.id)
    assert once() is not None


def test_newest_first_in_pages(community: Community) -> None:
    ids = [sound(community).id for _ in range(3)][::-1]
    with community.transactions.read() as session:
        first = alarms.listing(session, sight=EVERYTHING, limit=2)
        second = alarms.listing(session, sight=EVERYTHING, limit=2, after=first.next)
    assert [view.id for view in (*first.items, *second.items)] == ids


def test_a_forwarded_alarm_goes_on_standing_with_the_name_of_who_forwarded_it(community: Community) -> None:
    view = sound(community)
    with community.transactions.work(ADMIN) as work:
        handed = alarms.forward(work, view.id, note="the box smells of smoke")
    assert (handed.forwarded_by, handed.forwarded_ms) == ("user:test", community.now[0])
    assert handed.note == "the box smells of smoke"
    with community.transactions.work(ADMIN) as work:
        assert alarms.listing(work.session, sight=EVERYTHING).items == [handed]
        assert alarms.forward(work, view.id, why="incident 7").note == "the box smells of smoke"
        alarms.acknowledge(work, view.id)
        for alarm_id, code in ((view.id, Code.WRONG_STATE), ("01HZZZZZZZZZZZZZZZZZZZZZZZ", Code.NOT_FOUND)):
            with pytest.raises(Problem) as told:
                alarms.forward(work, alarm_id)
            assert told.value.code is code


def test_a_gateway_that_hangs_up_is_one_alarm(community: Community) -> None:
    box = community.box("g-1")
    for online in (True, False, False, True, False):
        community.now[0] += 1000
        with community.transactions.work(SYSTEM) as work:
            gateways.note_state(work, box.state(online=online, at_ms=community.now[0]))
    with community.transactions.read() as session:
        assert [(a.kind, a.gateway_id) for a in alarms.listing(session, sight=EVERYTHING).items] == [
            (AlarmKind.OFFLINE, "g-1")
        ]
