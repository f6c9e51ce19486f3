"""Alarms stand until somebody acknowledges them."""

import pytest

from server.services import alarms
from server.services.alarms import AlarmKind, AlarmView
from server.services.problems import Code, Problem
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
        assert alarms.listing(session).items == [view]
    assert view.detail == {"seq": 7}


def test_acknowledging_says_who_and_when_and_happens_once(community: Community) -> None:
    view = sound(community)
    with community.transactions.work(ADMIN) as work:
        done = alarms.acknowledge(work, view.id, note="box replaced")
    assert (done.acknowledged_by, done.acknowledged_ms, done.note) == ("user:test", community.now[0], "box replaced")
    with community.transactions.work(ADMIN) as work:
        assert alarms.listing(work.session).items == []
        assert alarms.listing(work.session, standing=False).items == [done]
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
        first = alarms.listing(session, limit=2)
        second = alarms.listing(session, limit=2, after=first.next)
    assert [view.id for view in (*first.items, *second.items)] == ids
