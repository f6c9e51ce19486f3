"""What a change of rules does to people, before it is saved."""

import json
from typing import Any

import pytest

from card_protocol.words.schedule import Calendar, Schedule, always
from server.services.access import access
from server.services.access import effect as effects
from server.services.access.effect import Effect, effect
from server.services.access.what_if import Change
from server.services.problems import Code, Problem
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, Community, residents

HOURS: dict[str, Any] = {
    "id": "day",
    "name_zh": "白天",
    "name_en": "Day",
    "intervals": [{"day": d, "start": 360, "end": 1320} for d in range(8)],
}


def told(community: Community, **change: object) -> Effect:
    with community.transactions.read() as session:
        return effect(session, COMMUNITY, Change.model_validate(change), NOW_MS)


def named(effect: Effect) -> dict[str, dict[str, int]]:
    return {one.point: {k: v for k, v in one.model_dump(exclude={"point"}).items() if v} for one in effect.points}


@pytest.fixture
def people(community: Community) -> Community:
    for number in range(3):
        community.active_card(f"0401020304050{number}")
    return community


def test_who_loses_a_gate_and_who_gains_one_is_counted(people: Community) -> None:
    found = told(people, levels=[{"id": "residents", "points": ["clinic"]}])
    assert named(found) == {"south-gate-in": {"lose": 3}, "clinic": {"gain": 3}}
    assert (found.people, found.truncated) == (3, False)


def test_fewer_hours_and_more_hours(people: Community) -> None:
    shorter = told(people, schedules=[HOURS], levels=[{"id": "residents", "schedule": "day"}])
    assert named(shorter) == {"south-gate-in": {"less": 3}}
    with people.transactions.work(ADMIN) as work:
        access.set_schedule(work, always("day").model_copy(update={"intervals": ()}))
        access.set_level(work, residents().model_copy(update={"schedule": "day"}))
    assert named(told(people, schedules=[HOURS])) == {"south-gate-in": {"gain": 3}}


def test_another_level_that_opens_the_same_gate_keeps_it_open(people: Community) -> None:
    with people.transactions.work(ADMIN) as work:
        access.set_level(work, residents().model_copy(update={"id": "staff"}))
    people.active_card("04010203040509", ("residents", "staff"))
    assert named(told(people, levels=[{"id": "residents", "points": []}])) == {"south-gate-in": {"lose": 3}}


def test_a_holiday_is_judged_on_its_day(people: Community) -> None:
    weekdays = HOURS | {"intervals": [one for one in HOURS["intervals"] if one["day"] < 5]}
    with people.transactions.work(ADMIN) as work:
        access.set_schedule(work, Schedule.from_bytes(json.dumps(weekdays).encode()))
        access.set_level(work, residents().model_copy(update={"schedule": "day"}))
    closed = told(people, calendar=Calendar(holidays=frozenset({"2026-10-01"})).model_dump(mode="json"))
    assert named(closed) == {"south-gate-in": {"lose": 3}}
    sunday = told(people, calendar=Calendar(workdays=frozenset({"2026-10-04"})).model_dump(mode="json"))
    assert named(sunday) == {"south-gate-in": {"gain": 3}}


def test_what_touches_nobody_says_so(people: Community) -> None:
    assert told(people, levels=[{"id": "residents", "name_en": "People"}]).points == []
    assert told(people).points == []


def test_too_many_are_said_to_be_too_many(people: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects, "MAX_DECISIONS", 1)
    assert told(people, levels=[{"id": "residents", "points": []}]).truncated


def test_what_makes_no_policy_is_refused(people: Community) -> None:
    with pytest.raises(Problem) as found:
        told(people, levels=[{"id": "residents", "schedule": "never"}])
    assert found.value.code is Code.INVALID
