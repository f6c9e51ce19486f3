"""Who reads an incident, and what they may do now."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.incidents.incident_life import Deed, Incident, Units, act, report
from server.services.incidents.incident_rights import Viewer, asks_why, is_veiled, may_do, open_actions, speaks
from server.services.incidents.incident_words import BY_ITSELF, Action, Matter, State, Urgency
from server.services.roles import Role

COMMUNITY, STREET, DISTRICT = "330105008001", "330105008000", "330105000000"
UNITS = Units(COMMUNITY, frozenset({COMMUNITY, STREET, DISTRICT}))
GUARD = Viewer("user:guard", Role.GUARD, COMMUNITY)
ADMIN = Viewer("user:admin", Role.ADMIN, COMMUNITY, frozenset({STREET}))
CARER = Viewer("user:care", Role.CARE, COMMUNITY, frozenset({STREET}))
OFFICIAL = Viewer("user:chen", Role.OFFICIAL, DISTRICT)
AUDITOR = Viewer("user:audit", Role.AUDITOR, COMMUNITY)
A, M = Action, Matter


def fresh() -> Incident:
    return report(COMMUNITY, Urgency.NORMAL, "user:guard", 0)


def test_a_guard_takes_on_what_came_from_a_door_and_never_reads_of_care() -> None:
    actions = open_actions(GUARD, fresh(), M.SAFETY, True)
    assert actions == [A.ACCEPT, A.NOTE, A.ESCALATE, A.HAND_OVER, A.RETURN, A.MERGE]
    assert is_veiled(GUARD, M.CARE, COMMUNITY) is None
    assert open_actions(GUARD, fresh(), M.CARE, True) == []


def test_an_official_acts_at_their_own_unit_and_reads_of_care_only_there() -> None:
    there = replace(fresh(), unit=DISTRICT)
    assert open_actions(OFFICIAL, fresh(), M.SAFETY, True) == [A.NOTE]
    assert A.ACCEPT in open_actions(OFFICIAL, there, M.CARE, False)
    assert A.ESCALATE not in open_actions(OFFICIAL, there, M.CARE, False)
    assert (is_veiled(OFFICIAL, M.CARE, STREET), is_veiled(OFFICIAL, M.CARE, DISTRICT)) == (True, False)


def test_a_unit_without_people_here_is_spoken_for() -> None:
    at_street = replace(fresh(), unit=STREET)
    assert speaks(ADMIN, STREET)
    assert not speaks(ADMIN, DISTRICT)
    assert not speaks(replace(GUARD, speaks_for=frozenset({STREET})), STREET)
    assert A.ACCEPT in open_actions(ADMIN, at_street, M.SAFETY, True)
    assert open_actions(ADMIN, at_street, M.CARE, True) == [], "and of care the administrator reads no word"
    assert A.ACCEPT in open_actions(CARER, at_street, M.CARE, True)


def test_an_auditor_sees_that_there_is_something_and_does_nothing() -> None:
    assert all(is_veiled(AUDITOR, matter, COMMUNITY) is True for matter in Matter)
    assert open_actions(AUDITOR, fresh(), M.SAFETY, True) == []


def test_what_went_back_to_the_terminal_is_for_who_reported_it() -> None:
    back = replace(fresh(), state=State.RETURNED, unit=COMMUNITY)
    elsewhere = replace(GUARD, unit=STREET)
    assert open_actions(elsewhere, back, M.SAFETY, True) == [A.RESUBMIT, A.WITHDRAW, A.NOTE, A.MERGE]
    assert open_actions(replace(elsewhere, actor="user:other"), back, M.SAFETY, True) == [A.NOTE]


def test_who_handled_it_is_not_offered_to_close_it() -> None:
    checking = replace(fresh(), state=State.CHECKING, done_by=("user:guard",))
    assert A.CLOSE not in open_actions(GUARD, checking, M.SAFETY, True)
    assert A.CLOSE in open_actions(ADMIN, checking, M.SAFETY, True)


def test_what_happens_by_itself_is_nobodys_button() -> None:
    for action in BY_ITSELF:
        assert not may_do(ADMIN, fresh(), M.SAFETY, action)
        assert may_do(Viewer("system", Role.SYSTEM, COMMUNITY), fresh(), M.SAFETY, action)


@given(st.sampled_from([GUARD, ADMIN, CARER]), st.sampled_from(State), st.sampled_from(Matter), st.integers(0, 3))
def test_what_is_offered_is_done(viewer: Viewer, state: State, matter: Matter, returns: int) -> None:
    due = None if state in (State.CLOSED, State.MERGED) else 10
    incident = replace(fresh(), state=state, due_ms=due, returns=returns, done_by=("user:guard",))
    incident = replace(incident, merged_into=2 if state is State.MERGED else None)
    incident = replace(incident, closed_by="user:x" if state is State.CLOSED else "")
    for action in open_actions(viewer, incident, matter, True):
        deed = Deed(action, viewer.actor, 5, "so", "330105008002", "x", "", 2, True)
        beside = Units(COMMUNITY, UNITS.alive | {"330105008002"})
        assert isinstance(act(incident, deed, beside), Incident), action


@pytest.mark.parametrize(("action", "asked"), [(A.CLOSE, True), (A.ACCEPT, False), (A.NOTE, True), (A.BEGIN, False)])
def test_some_things_are_not_done_without_a_word(action: Action, asked: bool) -> None:
    assert asks_why(action) is asked
