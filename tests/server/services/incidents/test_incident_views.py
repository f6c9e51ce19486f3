"""Incidents between rows, values and screens."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.incidents.incident_life import Deed, Incident, Units, act, report
from server.services.incidents.incident_rights import Viewer
from server.services.incidents.incident_views import (
    incident_of,
    people_of,
    unit_names,
    units_of,
    view_of,
    viewer_of,
    write,
)
from server.services.incidents.incident_words import Action, Matter, State, Urgency
from server.services.roles import Role
from server.services.work import SYSTEM, Actor
from server.tables import IncidentRow
from tests.server.build import COMMUNITY, Community
from tests.server.incident_town import DISTRICT, STREET, build_town, somebody

UNITS = Units(COMMUNITY, frozenset({COMMUNITY, STREET, DISTRICT}))


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'server.db'}"


def row_of(incident: Incident) -> IncidentRow:
    row = IncidentRow(
        number=1,
        matter=Matter.SAFETY,
        title="t",
        urgency="",
        state="",
        unit="",
        reported_by="",
        reported_ms=0,
        changed_ms=0,
    )
    write(row, incident, 9)
    return row


@given(st.lists(st.sampled_from(Action), max_size=12), st.sampled_from(Urgency))
def test_what_is_written_is_read_again(deeds: list[Action], urgency: Urgency) -> None:
    incident = report(COMMUNITY, urgency, "user:a", 0)
    for action in deeds:
        after = act(incident, Deed(action, "user:b", 10**12, "so", person="x", into=2, into_is_open=True), UNITS)
        incident = after if isinstance(after, Incident) else incident
    assert incident_of(row_of(incident)) == incident


def test_what_is_veiled_has_no_word_of_it() -> None:
    row = row_of(report(COMMUNITY, Urgency.NORMAL, "user:a", 0))
    seen = view_of(row, Viewer("user:x", Role.AUDITOR, COMMUNITY))
    assert seen is not None
    assert (seen.title, seen.veiled, seen.state) == ("", True, State.REPORTED)
    assert view_of(row, Viewer("user:x", Role.NURSE, COMMUNITY)) is None


def test_who_looks(community: Community) -> None:
    build_town(community)
    chen = somebody(community, "chen", Role.OFFICIAL, DISTRICT)
    admin = somebody(community, "admin", Role.ADMIN)
    with community.transactions.read() as session:
        assert viewer_of(session, chen, COMMUNITY) == Viewer("user:chen", Role.OFFICIAL, DISTRICT)
        seen = viewer_of(session, admin, COMMUNITY)
        assert STREET in seen.speaks_for
        assert DISTRICT not in seen.speaks_for, "it has chen"
        assert viewer_of(session, Actor("token:x", "guard"), COMMUNITY).unit == COMMUNITY
        assert viewer_of(session, Actor("x", "nonsense"), COMMUNITY).role is Role.DESK
        assert viewer_of(session, SYSTEM, COMMUNITY).role is Role.SYSTEM
        assert people_of(session, DISTRICT) == ["chen"]
        assert unit_names(session)[STREET] == ("上塘街道", "上塘街道")
        assert units_of(session, COMMUNITY).above(COMMUNITY) == STREET
