"""Meetings and activities on a data base: called, changed, moved on, and known to those who may know."""

import pytest
from pydantic import ValidationError
from sqlmodel import col, select

from card_protocol.words.moment import DAY_MS
from server.services.activities import activities, attendance
from server.services.activities.activity_life import ActivityKind, ActivityState, ActivityStep
from server.services.activities.asked import InviteIn
from server.services.problems import Code, Problem
from server.services.roles import Role
from server.services.work import SYSTEM, Actor
from server.tables import AuditRow
from tests.server.build import NOW_MS, Community
from tests.server.conftest import BOTH
from tests.server.services.activities.test_attendance import (
    HOUR,
    ORGANISER,
    PARTY,
    called,
    carrier,
    file_of,
    hear,
    meeting,
    open_room,
    signs,
)


@pytest.fixture
def community(community: Community) -> Community:
    open_room(community)
    return community


@pytest.mark.parametrize("database_url", BOTH, indirect=True)
def test_called_changed_listed_and_over(community: Community) -> None:
    wang, card = carrier(community, "04010203040506")
    number = called(community, wang)
    with community.transactions.work(ORGANISER) as work:
        assert activities.change(work, number, meeting(title="楼道长会议")).title == "楼道长会议"
    hear(community, signs(card, NOW_MS + HOUR))
    with community.transactions.read() as session:
        page = activities.listing(session, ORGANISER)
        assert [(one.number, one.present) for one in page.items] == [(number, 1)]
        assert activities.listing(session, ORGANISER, after=str(number)).items == []
    with community.transactions.work(ORGANISER) as work:
        activities.step(work, number, ActivityStep.ADJOURN, "停电")
        for step in ActivityStep:
            with pytest.raises(Problem) as told:
                activities.step(work, number, step)
            assert told.value.code is Code.WRONG_STATE
        with pytest.raises(Problem) as told:
            activities.change(work, number, meeting())
        assert told.value.code is Code.WRONG_STATE
    found = file_of(community, number)
    assert (found.activity.state, found.activity.why, found.steps) == (ActivityState.ADJOURNED, "停电", [])


def test_two_who_begin_at_once_begin_once(community: Community) -> None:
    number = called(community, rule="none")
    with community.transactions.work(ORGANISER) as work:
        activities.step(work, number, ActivityStep.OPEN)
        activities.step(work, number, ActivityStep.BEGIN)
    with community.transactions.work(PARTY) as work, pytest.raises(Problem) as told:
        activities.step(work, number, ActivityStep.BEGIN)
    assert told.value.code is Code.WRONG_STATE


def test_who_may_not_know_of_a_party_meeting_finds_none(community: Community) -> None:
    number = called(community, actor=PARTY, kind=ActivityKind.PARTY_MEETING)
    assert file_of(community, number, PARTY).activity.kind is ActivityKind.PARTY_MEETING
    with community.transactions.read() as session:
        assert activities.listing(session, ORGANISER).items == []
        assert len(activities.listing(session, PARTY).items) == 1
    with community.transactions.work(ORGANISER) as work:
        for deed in (
            lambda: activities.get(work.session, ORGANISER, number),
            lambda: activities.step(work, number, ActivityStep.OPEN),
            lambda: attendance.invite(work, number, InviteIn()),
            lambda: activities.change(work, number, meeting()),
        ):
            with pytest.raises(Problem) as told:
                deed()
            assert told.value.code is Code.NOT_FOUND
        with pytest.raises(Problem) as told:
            activities.plan(work, meeting(kind=ActivityKind.PARTY_CLASS))
        assert told.value.code is Code.FORBIDDEN


def test_a_list_of_the_party_s_does_not_become_everybody_s_by_another_kind(community: Community) -> None:
    wang, _ = carrier(community, "04010203040506")
    for kind, other in (
        (ActivityKind.PARTY_MEETING, ActivityKind.STUDY),
        (ActivityKind.STUDY, ActivityKind.PARTY_CLASS),
    ):
        listed, empty = called(community, wang, actor=PARTY, kind=kind), called(community, actor=PARTY, kind=kind)
        with community.transactions.work(PARTY) as work:
            assert activities.change(work, empty, meeting(kind=other)).kind is other
            with pytest.raises(Problem) as told:
                activities.change(work, listed, meeting(kind=other))
        assert told.value.code is Code.IN_USE
        assert file_of(community, listed, PARTY).activity.kind is kind


def test_what_cannot_be_called(community: Community) -> None:
    with community.transactions.work(SYSTEM) as work:
        for point in ("clinic", "nowhere"):
            with pytest.raises(Problem) as told:
                activities.plan(work, meeting(point=point))
            assert told.value.code is Code.INVALID
    for wrong in ({"to_ms": NOW_MS}, {"to_ms": NOW_MS + 4 * DAY_MS}, {"title": " "}, {"points": 101}):
        with pytest.raises(ValidationError):
            meeting(**wrong)


def test_nothing_of_a_list_stands_in_the_trail(community: Community) -> None:
    wang, _ = carrier(community, "04010203040506")
    called(community, wang, actor=Actor("user:wu", Role.PARTY.value), kind=ActivityKind.PARTY_MEETING)
    with community.transactions.read() as session:
        rows = session.exec(select(AuditRow).where(col(AuditRow.action).like("activity%"))).all()
        assert rows
        assert not any(wang in str(row.model_dump()) for row in rows)
